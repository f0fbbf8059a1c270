/// Which parts of a document a reader keeps: `["type", "message.content", "message.content.text"]`.
///
/// A path names the scalar at its end. Arrays need no sign of their own: what is asked of a value is asked of
/// each element where the value is an array. So the three above keep a text content and the texts of its blocks.
/// The name `*` stands for every member that is not named.
struct JSONFields: Sendable, ExpressibleByArrayLiteral {
    /// Keeps the whole document.
    static let everything = JSONFields(scalar: true, all: true)

    /// Keeps nothing: only whether the document is valid.
    static let none = JSONFields(scalar: false, all: false)

    private(set) var keepsScalar = false
    private var keepsAll = false
    private var members: [(name: Bytes, fields: JSONFields)] = []

    init(arrayLiteral paths: String...) { self.init(paths) }

    init(_ paths: [String]) {
        for path in paths { add(path.split(separator: ".").map { Bytes($0.utf8) }[...]) }
    }

    private init(scalar: Bool, all: Bool) {
        keepsScalar = scalar
        keepsAll = all
    }

    var isEmpty: Bool { !keepsScalar && members.isEmpty }

    /// What to keep of the member, or nil if it is to be skipped.
    func member(_ name: Bytes) -> JSONFields? {
        if keepsAll { return self }
        let named = members.first { $0.name == name } ?? members.first { $0.name == [UInt8(ascii: "*")] }
        return named?.fields
    }

    private mutating func add(_ path: ArraySlice<Bytes>) {
        guard let first = path.first else {
            keepsScalar = true
            return
        }
        if let index = members.firstIndex(where: { $0.name == first }) {
            members[index].fields.add(path.dropFirst())
        } else {
            var fields = JSONFields.none
            fields.add(path.dropFirst())
            members.append((first, fields))
        }
    }
}

/// How much of one document is kept in memory, however large it is.
struct JSONLimits: Sendable {
    /// A longer string becomes `.tooLarge`.
    var string = 4 << 20
    /// The sum of what is kept, with 64 bytes for each value.
    var total = 8 << 20
    /// Deeper levels are checked and not kept.
    var keptDepth = 64
    /// A document nested deeper counts as malformed: one bit is held for each level.
    var depth = 16 << 20
}
