/// What a server said.
struct HTTPResponse: Equatable, Sendable {
    var status: Int
    var body: Bytes
}

/// Why there is no answer.
enum HTTPFailure: Error, Equatable, Sendable {
    /// Nobody listens on the port.
    case refused
    case broken(Errno)
    /// The connection ended within the answer, or before it.
    case torn
    /// It is not HTTP.
    case malformed
    /// More than is read.
    case tooLarge
}

/// Puts an answer together from what arrives: its end is a length, a last chunk, or the connection's end.
struct HTTPResponseReader {
    private enum Part {
        case head
        case rest(Int)
        case chunkSize
        case chunk(Int)
        /// The line break behind a chunk.
        case chunkEnd
        case trailer
        case untilTheEnd
    }

    private static let longestLine = 64 << 10

    /// Bytes of body that are kept.
    let limit: Int
    private var part = Part.head
    private var buffer: Bytes = []
    private var position = 0
    private var status: Int?
    private var body: Bytes = []
    private var length: Int?
    private var isChunked = false

    init(limit: Int) { self.limit = limit }

    /// The answer, once it is whole.
    mutating func take(_ bytes: some Collection<UInt8>) throws(HTTPFailure) -> HTTPResponse? {
        buffer = Bytes(buffer[position...]) + bytes
        position = 0
        while true {
            switch part {
            case .head:
                guard let line = try nextLine() else { return nil }
                if let answer = try take(headLine: line) { return answer }
            case .rest(let count):
                let missing = try keep(count)
                if missing == 0 { return answer }
                part = .rest(missing)
                return nil
            case .chunkSize:
                guard let line = try nextLine() else { return nil }
                guard let size = Int(line.prefix { $0 != ";" && $0 != " " }, radix: 16), size >= 0 else {
                    throw .malformed
                }
                part = size == 0 ? .trailer : .chunk(size)
            case .chunk(let count):
                let missing = try keep(count)
                part = missing == 0 ? .chunkEnd : .chunk(missing)
                if missing > 0 { return nil }
            case .chunkEnd:
                guard let line = try nextLine() else { return nil }
                guard line.isEmpty else { throw .malformed }
                part = .chunkSize
            case .trailer:
                guard let line = try nextLine() else { return nil }
                if line.isEmpty { return answer }
            case .untilTheEnd:
                _ = try keep(buffer.count)
                return nil
            }
        }
    }

    /// The connection has ended.
    func end() throws(HTTPFailure) -> HTTPResponse {
        guard case .untilTheEnd = part, let answer else { throw .torn }
        return answer
    }

    private var answer: HTTPResponse? { status.map { HTTPResponse(status: $0, body: body) } }

    /// The whole answer if nothing follows the head.
    private mutating func take(headLine line: String) throws(HTTPFailure) -> HTTPResponse? {
        guard let status else {
            self.status = try Self.status(line)
            return nil
        }
        guard line.isEmpty else {
            try takeField(line)
            return nil
        }
        if 100..<200 ~= status {
            // Only a sign of life: the answer itself follows.
            self.status = nil
            return nil
        }
        if status == 204 || status == 304 { return answer }
        part = isChunked ? .chunkSize : length.map { .rest($0) } ?? .untilTheEnd
        return nil
    }

    private static func status(_ line: String) throws(HTTPFailure) -> Int {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]), 100..<600 ~= status
        else { throw .malformed }
        return status
    }

    private mutating func takeField(_ line: String) throws(HTTPFailure) {
        guard let colon = line.firstIndex(of: ":") else { throw .malformed }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            .lowercased().split(separator: " ").joined()
        switch line[..<colon].lowercased() {
        case "content-length":
            guard let count = Int(value), count >= 0 else { throw .malformed }
            guard count <= limit else { throw .tooLarge }
            length = count
        case "transfer-encoding":
            guard value == "chunked" else { throw .malformed }
            isChunked = true
        default: break
        }
    }

    /// The next line without its break, or nil if it is not whole yet.
    private mutating func nextLine() throws(HTTPFailure) -> String? {
        guard let feed = buffer[position...].firstIndex(of: 0x0a) else {
            guard buffer.count - position <= Self.longestLine else { throw .malformed }
            return nil
        }
        let line = buffer[position..<feed]
        position = feed + 1
        return Bytes(line.last == 0x0d ? line.dropLast() : line).lossyText
    }

    /// Moves up to that many bytes to the body; returns how many are still to come.
    private mutating func keep(_ count: Int) throws(HTTPFailure) -> Int {
        let taken = min(count, buffer.count - position)
        guard body.count + taken <= limit else { throw .tooLarge }
        body += buffer[position..<(position + taken)]
        position += taken
        return count - taken
    }
}
