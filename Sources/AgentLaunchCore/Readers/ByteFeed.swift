/// Why a document cannot be read to its end.
enum JSONFault: Error, Equatable {
    /// It ends in the middle.
    case torn
    /// It breaks JSON's grammar.
    case malformed
    case unreadable(Errno)
}

/// Bytes that arrive in chunks and are looked at one by one. One chunk is held, however long the text is.
final class ByteFeed {
    /// Whether a line feed ends the text, as in JSON lines.
    private let isLine: Bool
    private let fetch: () throws(Errno) -> Bytes
    private var chunk: Bytes
    private var position = 0
    private(set) var consumed = 0
    /// The text ended with a line feed.
    private(set) var sawLineFeed = false
    private var ended = false

    /// `fetch` gives the next chunk, an empty one at the end.
    init(line: Bool, first chunk: Bytes = [], _ fetch: @escaping () throws(Errno) -> Bytes) {
        isLine = line
        self.chunk = chunk
        self.fetch = fetch
    }

    /// The next byte without taking it; nil at the end.
    func peek() throws(JSONFault) -> UInt8? {
        guard try fill() else { return nil }
        return chunk[position]
    }

    /// Takes the byte that was just peeked at.
    func advance() {
        position += 1
        consumed += 1
    }

    /// The next byte of a text that must not end here.
    func take() throws(JSONFault) -> UInt8 {
        guard let byte = try peek() else { throw .torn }
        advance()
        return byte
    }

    /// Takes bytes as long as they are wanted and hands each run over, at most one chunk long. A line feed
    /// must not be wanted.
    func takeRun(
        of isWanted: (UInt8) -> Bool,
        _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) throws(JSONFault) {
        try takeRun(body) { bytes, start in
            var end = start
            while end < bytes.count, isWanted(bytes[end]) { end += 1 }
            return end
        }
    }

    /// Takes a string's bytes up to a quote, a backslash or a control character.
    func takePlainText(_ body: (UnsafeBufferPointer<UInt8>) -> Void) throws(JSONFault) {
        try takeRun(body) { bytes, start in
            let ones: UInt64 = 0x0101_0101_0101_0101
            let memory = UnsafeRawBufferPointer(bytes)
            var end = start
            // Eight bytes at a time: most of a transcript is long strings.
            while end + 8 <= bytes.count {
                let word = memory.loadUnaligned(fromByteOffset: end, as: UInt64.self)
                let quote = word ^ (ones &* 0x22)
                let slash = word ^ (ones &* 0x5c)
                let control = (word &- ones &* 0x20) & ~word
                let special = (quote &- ones) & ~quote | (slash &- ones) & ~slash | control
                if special & (ones &* 0x80) != 0 { break }
                end += 8
            }
            while end < bytes.count, bytes[end] >= 0x20, bytes[end] != 0x22, bytes[end] != 0x5c { end += 1 }
            return end
        }
    }

    /// Takes the rest of the text, its line feed included.
    func drain() throws(JSONFault) {
        while try fill() {
            try takeRun(
                { _ in },
                { [isLine] bytes, start in
                    guard isLine else { return bytes.count }
                    return bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
                }
            )
        }
    }

    private func takeRun(
        _ body: (UnsafeBufferPointer<UInt8>) -> Void,
        _ end: (_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int
    ) throws(JSONFault) {
        while try fill() {
            let (taken, stopped) = chunk.withUnsafeBufferPointer { bytes in
                let end = end(bytes, position)
                body(UnsafeBufferPointer(rebasing: bytes[position..<end]))
                return (end - position, end < bytes.count)
            }
            position += taken
            consumed += taken
            if stopped { return }
        }
    }

    /// What was fetched and belongs to the next line.
    var rest: Bytes { Bytes(chunk[min(position, chunk.count)...]) }

    /// Whether there is a byte at `position`.
    private func fill() throws(JSONFault) -> Bool {
        if ended { return false }
        while position >= chunk.count {
            do { chunk = try fetch() } catch { throw .unreadable(error) }
            position = 0
            if chunk.isEmpty {
                ended = true
                return false
            }
        }
        if isLine, chunk[position] == 0x0a {
            advance()
            sawLineFeed = true
            ended = true
            return false
        }
        return true
    }
}
