/// A JSON document of bounded size. Members keep their order, numbers their text.
enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])
    /// It is there, but larger or deeper than what a reader keeps.
    case tooLarge

    struct Member: Equatable, Sendable {
        var name: String
        var value: JSONValue

        init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The text of bytes that should be UTF-8; what is not is replaced.
    static func string(bytes: Bytes) -> JSONValue { .string(bytes.lossyText) }

    static func integer(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

    /// The member of an object, or nil. Of several of one name the last counts, as for JavaScript.
    subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    var members: [Member]? { if case .object(let members) = self { members } else { nil } }
    /// There where a text should be, and none: too large to be kept, or of another form.
    var isNoText: Bool { text == nil && self != .null }
    var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }

    /// A whole number, also one written as `1.0` or `1e3`.
    var integer: Int64? {
        guard case .number(let digits) = self else { return nil }
        return Int64(digits) ?? Double(digits).flatMap { Int64(exactly: $0) }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
    init(nilLiteral: ()) { self = .null }
}

extension JSONValue {
    /// A string, or null where there is none.
    static func optional(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
}
