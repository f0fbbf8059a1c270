import Glibc

extension JSONRecord {
    /// A whole document in memory.
    static func of(
        _ bytes: Bytes,
        _ fields: JSONFields = .everything,
        _ limits: JSONLimits = JSONLimits()
    ) -> JSONRecord {
        let feed = ByteFeed(line: false, first: withoutByteOrderMark(bytes)) { () throws(Errno) in [] }
        var scanner = JSONScanner(feed, limits)
        // A feed that has nothing to fetch cannot fail.
        return (try? scanner.record(fields)) ?? JSONRecord(outcome: .torn)
    }
}

extension JSONValue {
    /// A whole document in memory; nil if it is not one. Deeper than 64 levels it is not kept.
    init?(parsing bytes: Bytes) {
        guard let value = JSONRecord.of(bytes).value else { return nil }
        self = value
    }

    init?(parsing text: String) { self.init(parsing: Bytes(text.utf8)) }
}

extension JSONRecord {
    /// A document in a file, read in chunks; nil if there is no such file.
    static func of(file path: Path, _ fields: JSONFields) throws(Errno) -> JSONRecord? {
        guard let feed = try ByteFeed.document(path) else { return nil }
        var scanner = JSONScanner(feed)
        return try scanner.record(fields)
    }
}

extension ByteFeed {
    /// A file's bytes, read in chunks; nil if there is no such file.
    static func document(_ path: Path) throws(Errno) -> ByteFeed? {
        guard let status = try fileStatus(path) else { return nil }
        guard status.isRegularFile else { throw Errno(code: status.isDirectory ? EISDIR : EINVAL) }
        let file = try ReadOnlyFile(path)
        let first = try file.read(1 << 16, at: 0)
        var offset = first.count
        let descriptor = OpenDocument(file)
        return ByteFeed(line: false, first: withoutByteOrderMark(first)) { () throws(Errno) in
            let bytes = try descriptor.file.read(1 << 16, at: offset)
            offset += bytes.count
            return bytes
        }
    }
}

private func withoutByteOrderMark(_ bytes: Bytes) -> Bytes {
    bytes.starts(with: [0xef, 0xbb, 0xbf] as Bytes) ? Bytes(bytes.dropFirst(3)) : bytes
}

/// Lets an escaping closure hold the open file.
private final class OpenDocument {
    let file: ReadOnlyFile

    init(_ file: consuming ReadOnlyFile) { self.file = file }
}
