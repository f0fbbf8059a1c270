/// The file that describes a session of Kiro's second or third engine: small members beside a large state.
struct KiroDescription {
    /// A larger one is not looked at byte by byte.
    private static let checkedSize = 16 << 20

    let json: JSONValue

    /// Nil if there is no such file. Kiro leaves a session out, and refuses its id, where its parser gives up.
    init?(_ file: Path, _ fields: JSONFields) throws(StoreFailure) {
        switch try StoreEntry.at(file) {
        case .absent: return nil
        case .directory, .other: throw .damaged(file, "it is not a regular file")
        case .file(let stamp):
            guard let record = try reading(file, try JSONRecord.of(file: file, fields)) else { return nil }
            let isText = stamp.size > Self.checkedSize ? true : try reading(file, try Self.isText(file))
            guard record.isStrictlyValid, record.depth <= 127, isText, let value = record.value,
                value.members != nil
            else { throw .damaged(file, "it is not valid JSON") }
            json = value
        }
    }

    func text(_ name: String) -> String? { json[name]?.text }

    /// RFC 3339, or milliseconds.
    func time(_ name: String) -> Timestamp? {
        json[name]?.text.flatMap { Timestamp($0) } ?? json[name]?.integer.map { Timestamp(milliseconds: $0) }
    }

    private static func isText(_ file: Path) throws(Errno) -> Bool {
        guard let bytes = try contentsOfSmallFile(file, limit: checkedSize * 2) else { return false }
        return isStrictText(bytes)
    }
}
