import Glibc

extension JSONRecord {
    /// A whole document in memory.
    static func of(
        _ bytes: Bytes,
        _ fields: JSONFields = .everything,
        _ limits: JSONLimits = JSONLimits()
    ) -> JSONRecord {
        let byteOrderMark: Bytes = [0xef, 0xbb, 0xbf]
        let text = bytes.starts(with: byteOrderMark) ? Bytes(bytes.dropFirst(3)) : bytes
        var scanner = JSONScanner(ByteFeed(line: false, first: text) { () throws(Errno) in [] }, limits)
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

/// What a small file holds; nil if there is none. One that is larger than the limit is an error (EFBIG).
func contentsOfSmallFile(_ path: Path, limit: Int = 8 << 20) throws(Errno) -> Bytes? {
    do throws(Errno) {
        let bytes = try ReadOnlyFile(path).read(limit + 1, at: 0)
        guard bytes.count <= limit else { throw Errno(code: EFBIG) }
        return bytes
    } catch  where error.code == ENOENT || error.code == ENOTDIR {
        return nil
    }
}
