/// Reads an object of which one member is a long array: that array's elements one at a time, and a few of the other
/// members. One element is in memory at once, however long the array is.
struct JSONElements {
    private var scanner: JSONScanner
    private let array: Bytes
    private let fields: JSONFields
    private let kept: Set<String>
    private var stage = Stage.beginning
    /// The other members that were asked for, as far as the text was read.
    private(set) var members: [JSONValue.Member] = []
    /// The member that is to be the array is there, and is one.
    private(set) var hasArray = false
    /// NULs stand around the object.
    var isPadded: Bool { scanner.padded }

    private enum Stage {
        case beginning, firstElement, elements, ended
    }

    /// - Parameters:
    ///   - array: the name of the member that is the array
    ///   - fields: what to keep of each element
    ///   - members: the names of the other members to keep
    init(
        _ feed: ByteFeed,
        array: String,
        _ fields: JSONFields,
        members: Set<String>,
        _ limits: JSONLimits = JSONLimits()
    ) {
        scanner = JSONScanner(feed, limits)
        self.array = Bytes(array.utf8)
        self.fields = fields
        kept = members
    }

    /// The next element; nil once the whole text was read and is an object to its end.
    mutating func next() throws(JSONFault) -> JSONValue? {
        scanner.forgetKept()
        switch stage {
        case .beginning:
            try scanner.skipPadding()
            try open(UInt8(ascii: "{"))
            if try scanner.closes(UInt8(ascii: "}")) { return try end() }
            return try takeMembers()
        case .firstElement:
            stage = .elements
            if try !scanner.closes(UInt8(ascii: "]")) { return try scanner.value(fields, depth: 2) }
            return try nextMember()
        case .elements:
            if try !scanner.ends(UInt8(ascii: "]")) { return try scanner.value(fields, depth: 2) }
            return try nextMember()
        case .ended: return nil
        }
    }

    private mutating func nextMember() throws(JSONFault) -> JSONValue? {
        try scanner.ends(UInt8(ascii: "}")) ? try end() : try takeMembers()
    }

    /// Stands before a member's name.
    private mutating func takeMembers() throws(JSONFault) -> JSONValue? {
        repeat {
            try open(UInt8(ascii: "\""))
            let name = try scanner.string(limit: 4096)
            try open(UInt8(ascii: ":"))
            if name == array, try scanner.peekToken() == UInt8(ascii: "[") {
                scanner.feed.advance()
                hasArray = true
                stage = .firstElement
                return try next()
            }
            if let name = name?.lossyText, kept.contains(name) {
                scanner.forgetKept()
                members.append(JSONValue.Member(name, try scanner.value(.everything, depth: 1)))
            } else {
                try scanner.skipValue(1)
            }
        } while try !scanner.ends(UInt8(ascii: "}"))
        return try end()
    }

    private mutating func end() throws(JSONFault) -> JSONValue? {
        stage = .ended
        try scanner.skipPadding()
        guard try scanner.feed.peek() == nil else { throw .malformed }
        return nil
    }

    private mutating func open(_ byte: UInt8) throws(JSONFault) {
        guard try scanner.peekToken() == byte else { throw .malformed }
        scanner.feed.advance()
    }
}
