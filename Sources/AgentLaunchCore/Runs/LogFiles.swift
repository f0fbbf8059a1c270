import Glibc

/// A log and the older parts of it, to be read in the order in which they were written.
struct LogFiles {
    let path: Path

    init(_ path: Path) { self.path = path }

    /// From the oldest to the one that is written to.
    private var paths: [Path] {
        stride(from: RotatingLog.kept, through: 1, by: -1).map { path + ".\($0)" } + [path]
    }

    /// The open files and which they are; while they are opened, one may become the next.
    func open() -> [LogPart] {
        for _ in 0..<10 {
            let parts = paths.compactMap { LogPart($0) }
            if parts.map(\.identity) == paths.compactMap({ LogPart.identity(of: $0) }) { return parts }
        }
        return paths.compactMap { LogPart($0) }
    }

    /// The last lines; nil if there is no log. A line without an end counts.
    func lastLines(_ count: Int) -> Bytes? {
        let parts = open()
        guard !parts.isEmpty else { return nil }
        var result: Bytes = []
        copy(parts, from: start(of: count, in: parts)) {
            result += $0
            return true
        }
        return result
    }

    /// Where the last lines begin.
    func start(of lines: Int, in parts: [LogPart]) -> Position {
        var found = 0
        var isLast = true
        guard lines > 0 else { return Position(part: parts.count - 1, offset: parts.last?.size ?? 0) }
        for (index, part) in parts.enumerated().reversed() {
            var end = part.size
            while end > 0 {
                let begin = max(0, end - (64 << 10))
                let bytes = part.read(end - begin, at: begin)
                for offset in bytes.indices.reversed() where bytes[offset] == UInt8(ascii: "\n") {
                    // The very last line's own end is not the end of one before it.
                    if isLast, begin + offset == part.size - 1 { continue }
                    found += 1
                    if found == lines { return Position(part: index, offset: begin + offset + 1) }
                }
                end = begin
            }
            if part.size > 0 { isLast = false }
        }
        return Position(part: 0, offset: 0)
    }

    struct Position: Equatable {
        var part: Int
        var offset: Int
    }

    /// Passes on everything from a position up to the end as it is now; stops if nobody takes it. Returns where it
    /// came to in the last part, or nil.
    @discardableResult
    func copy(_ parts: [LogPart], from start: Position, _ take: (Bytes) -> Bool) -> Int? {
        var offset = start.offset
        for part in parts[max(0, start.part)...] {
            while true {
                let bytes = part.read(64 << 10, at: offset)
                if bytes.isEmpty { break }
                offset += bytes.count
                if !take(bytes) { return nil }
            }
            if part !== parts.last { offset = 0 }
        }
        return offset
    }
}

/// One open file of a log.
final class LogPart {
    /// A name is given on; this stays.
    struct Identity: Equatable {
        var device: dev_t
        var inode: ino_t

        init(_ status: stat) {
            device = status.st_dev
            inode = status.st_ino
        }
    }

    let identity: Identity
    private let descriptor: Int32

    /// Nil if there is no such file, or none that may be read.
    init?(_ path: Path) {
        descriptor = path.withCString { Glibc.open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
        var status = stat()
        guard descriptor >= 0 else { return nil }
        guard fstat(descriptor, &status) == 0, status.isRegularFile else {
            close(descriptor)
            return nil
        }
        identity = Identity(status)
    }

    deinit { close(descriptor) }

    var size: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Fewer only at the end; none where it cannot be read.
    func read(_ count: Int, at offset: Int) -> Bytes {
        var bytes = Bytes(repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + filled, count - filled, off_t(offset + filled))
            }
            if got > 0 { filled += got } else if got == 0 || errno != EINTR { break }
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    static func identity(of path: Path) -> Identity? {
        guard let status = try? fileStatus(path), status.isRegularFile else { return nil }
        return Identity(status)
    }
}
