@testable import AgentLaunchCore

/// Changes that leave JSON valid: those of random bytes hardly ever do, and only of valid texts can values be compared.
struct JSONMutator {
    private static let names = ["type", "message", "messages", "content", "text", "role", "a", "b", "c", ""]
        .map { Bytes($0.utf8) }
    private static let escapes = [
        "d7ff", "d800", "dbff", "dc00", "dfff", "DBFF", "e000", "0000", "00e9", "0022",
    ]
    private static let plain = ["\\n", "\\\"", "\\\\", "\\/", "x", "é", "\u{1f600}", "\\b\\f\\r\\t"]
    private static let numbers = ["0", "-0", "1.50", "1e3", "-1E-400", "12345678901234567890"]

    private var random: Random

    init(seed: UInt32) { random = Random(seed: seed) }

    /// The text with one line of it, or the whole, changed; nil if nothing in it is valid.
    mutating func mutated(_ bytes: Bytes) -> Bytes? {
        if let text = changed(bytes) { return text }
        var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false).map { Bytes($0) }
        guard !lines.isEmpty else { return nil }
        let which = random.below(lines.count)
        guard let line = changed(lines[which]) else { return nil }
        lines[which] = line
        return Bytes(lines.joined(separator: [0x0a]))
    }

    private mutating func changed(_ bytes: Bytes) -> Bytes? {
        guard case .value(let value) = NaiveJSON(bytes).outcome else { return nil }
        var text: Bytes = []
        render(change(value), &text)
        return text
    }

    private mutating func change(_ value: NaiveJSON.Value) -> NaiveJSON.Value {
        switch value {
        case .array(var elements) where !elements.isEmpty && random.below(4) != 0:
            let which = random.below(elements.count)
            switch random.below(8) {
            case 0: elements.remove(at: which)
            case 1: elements.append(elements[which])
            case 2: elements.insert(scalar(), at: which)
            default: elements[which] = change(elements[which])
            }
            return .array(elements)
        case .object(var members) where !members.isEmpty && random.below(4) != 0:
            let which = random.below(members.count)
            switch random.below(8) {
            case 0: members.remove(at: which)
            case 1: members.append((random.of(Self.names), members[which].value))
            case 2: members[which].name = random.of(Self.names)
            default: members[which].value = change(members[which].value)
            }
            return .object(members)
        default: return replaced(value)
        }
    }

    private mutating func replaced(_ value: NaiveJSON.Value) -> NaiveJSON.Value {
        switch random.below(6) {
        case 0, 1: return scalar()
        case 2: return .object([(random.of(Self.names), value)])
        case 3: return .array([value, scalar()])
        case 4:
            var result = value
            for _ in 0..<random.below(80) {
                result = random.below(2) == 0 ? .array([result]) : .object([([], result)])
            }
            return result
        default: return random.below(2) == 0 ? .array([]) : .object([])
        }
    }

    private mutating func scalar() -> NaiveJSON.Value {
        switch random.below(5) {
        case 0: .null
        case 1: .bool(random.below(2) == 0)
        case 2: .number(Bytes(random.of(Self.numbers).utf8))
        default: .string(Bytes("text".prefix(random.below(5)).utf8))
        }
    }

    private mutating func render(_ value: NaiveJSON.Value, _ text: inout Bytes) {
        if random.below(40) == 0 { text.append(random.of([0x20, 0x09, 0x0d])) }
        switch value {
        case .null: text += Bytes("null".utf8)
        case .bool(let flag): text += Bytes("\(flag)".utf8)
        case .number(let digits): text += digits
        case .string(let content): render(content, &text)
        case .array(let elements):
            text.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                render(element, &text)
            }
            text.append(UInt8(ascii: "]"))
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                render(member.name, &text)
                text.append(UInt8(ascii: ":"))
                render(member.value, &text)
            }
            text.append(UInt8(ascii: "}"))
        }
    }

    private mutating func render(_ content: Bytes, _ text: inout Bytes) {
        text.append(UInt8(ascii: "\""))
        for byte in content {
            switch byte {
            case 0x22, 0x5c: text += [0x5c, byte]
            case 0..<0x20:
                text += Bytes((byte < 16 ? "\\u000" : "\\u00").utf8) + Bytes(String(byte, radix: 16).utf8)
            default: text.append(byte)
            }
        }
        if random.below(12) == 0 {
            for _ in 0...random.below(3) {
                text +=
                    random.below(3) == 0
                    ? Bytes(random.of(Self.plain).utf8) : Bytes("\\u\(random.of(Self.escapes))".utf8)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}
