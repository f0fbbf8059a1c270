import Glibc

/// A file of JSON lines, read from its head or from its tail. Memory stays bounded however long a line is.
///
/// Only what the file holds when it is opened is read: a line that comes later belongs to the next look.
final class JSONLines {
    private let file: ReadOnlyFile
    private let chunkSize: Int
    private let limits: JSONLimits
    /// The file's size when it was opened.
    let size: Int
    /// When the file was last written, as it was opened.
    let modified: Timestamp
    /// Where the next line from the head begins.
    private(set) var head = 0
    /// A line of NULs was passed over from the head: what a crash of the machine leaves in place of others.
    private(set) var sawNULs = false
    /// Where the last line that was read from the tail begins.
    private(set) var tail: Int
    private var readAhead: Bytes = []

    init(_ path: Path, limits: JSONLimits = JSONLimits(), chunkSize: Int = 1 << 16) throws(Errno) {
        file = try ReadOnlyFile(path)
        let status = try file.status()
        guard !status.isDirectory else { throw Errno(code: EISDIR) }
        size = Int(status.st_size)
        modified = Timestamp(milliseconds: status.st_mtim.milliseconds)
        tail = size
        self.limits = limits
        self.chunkSize = chunkSize
    }

    /// The next line from the head that is not blank, torn and malformed ones included; nil at the end.
    func next(_ fields: JSONFields) throws(Errno) -> JSONRecord? {
        while head < size {
            let record = try nextLine(fields)
            if record.outcome != .blank { return record }
            if record.padded { sawNULs = true }
        }
        return nil
    }

    /// The next line from the tail, going backward, that is not blank; nil at the beginning.
    func previous(_ fields: JSONFields) throws(Errno) -> JSONRecord? {
        while tail > 0 {
            let start = try startOfLine(endingAt: tail)
            tail = start
            let record = try line(at: start, [], fields).record
            if record.outcome != .blank { return record }
        }
        return nil
    }

    /// Whether any line that is left is one of those that `matches` tells; nil if that cannot be told.
    func contains(
        _ fields: JSONFields,
        where matches: (JSONRecord) -> Bool?
    ) throws(Errno) -> Bool? {
        var result: Bool? = false
        while result != true, let record = try next(fields) { result.formOr(matches(record)) }
        return result
    }

    func endsInNUL() throws(Errno) -> Bool { try size == 0 ? false : file.read(1, at: size - 1) == [0] }

    /// The number, from 1, of the line that begins at an offset.
    func lineNumber(at offset: Int) throws(Errno) -> Int {
        var number = 1
        var position = 0
        while position < offset {
            let bytes = try file.read(min(chunkSize, offset - position), at: position)
            if bytes.isEmpty { break }
            for byte in bytes where byte == 0x0a { number += 1 }
            position += bytes.count
        }
        return number
    }

    /// Begins again at the first line.
    func rewind() {
        head = 0
        readAhead = []
    }

    private func nextLine(_ fields: JSONFields) throws(Errno) -> JSONRecord {
        let (record, feed) = try line(at: head, readAhead, fields)
        readAhead = feed.rest
        // A file that was cut while we read it ends here; the head must not stand still.
        head = record.terminated ? head + feed.consumed : size
        return record
    }

    private func line(
        at start: Int,
        _ first: Bytes,
        _ fields: JSONFields
    ) throws(Errno) -> (record: JSONRecord, feed: ByteFeed) {
        var fetched = start + first.count
        let feed = ByteFeed(line: true, first: first) { [self] () throws(Errno) in
            let bytes = try file.read(min(chunkSize, size - fetched), at: fetched)
            fetched += bytes.count
            return bytes
        }
        var scanner = JSONScanner(feed, limits)
        var record = try scanner.record(fields)
        record.offset = start
        return (record, feed)
    }

    /// The beginning of the line whose last byte, line feed or not, is the one before `end`.
    private func startOfLine(endingAt end: Int) throws(Errno) -> Int {
        var end = end - 1
        while end > 0 {
            let start = max(0, end - chunkSize)
            let bytes = try file.read(end - start, at: start)
            if let feed = bytes.lastIndex(of: 0x0a) { return start + feed + 1 }
            end = start
        }
        return 0
    }
}
