import Glibc

/// A text file's lines, one at a time. Only what the file holds when it is opened is read, and of one line no more
/// than `limit` bytes are kept.
final class TextLines {
    struct Line: Equatable {
        /// Without its line end.
        var bytes: Bytes
        /// It was longer than what is kept.
        var isCut = false

        /// The whole line is UTF-8, as far as it is kept.
        var isText: Bool { isCut || bytes.text != nil }
    }

    private let file: ReadOnlyFile
    private let limit: Int
    let size: Int
    let modified: Timestamp
    private var offset = 0
    private var chunk: Bytes = []
    private var position = 0

    init(_ path: Path, limit: Int = 4 << 20) throws(Errno) {
        file = try ReadOnlyFile(path)
        let status = try file.status()
        guard status.isRegularFile else { throw Errno(code: status.isDirectory ? EISDIR : EINVAL) }
        size = Int(status.st_size)
        modified = Timestamp(milliseconds: status.st_mtim.milliseconds)
        self.limit = limit
    }

    /// Nil at the end. The last line need not be ended.
    func next() throws(Errno) -> Line? {
        var line = Line(bytes: [])
        var isStarted = false
        while true {
            if position == chunk.count {
                guard offset < size else { break }
                chunk = try file.read(min(1 << 16, size - offset), at: offset)
                position = 0
                if chunk.isEmpty { break }
                offset += chunk.count
            }
            isStarted = true
            let end = chunk[position...].firstIndex(of: 0x0a)
            let part = chunk[position..<(end ?? chunk.count)]
            let room = limit - line.bytes.count
            line.bytes += part.prefix(room)
            if part.count > room { line.isCut = true }
            position = end.map { $0 + 1 } ?? chunk.count
            if end != nil { break }
        }
        guard isStarted else { return nil }
        if line.bytes.last == 0x0d { line.bytes.removeLast() }
        return line
    }
}
