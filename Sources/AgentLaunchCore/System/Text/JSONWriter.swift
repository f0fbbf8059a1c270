/// JSON text of a value: the same value gives the same bytes.
struct JSONWriter {
    private var output: Bytes = []
    private let indented: Bool

    /// One line, without white space or a line break.
    static func compact(_ value: JSONValue) -> Bytes {
        var writer = JSONWriter(indented: false)
        writer.write(value, depth: 0)
        return writer.output
    }

    /// Two spaces a level, a line break at the end.
    static func pretty(_ value: JSONValue) -> Bytes {
        var writer = JSONWriter(indented: true)
        writer.write(value, depth: 0)
        return writer.output + [UInt8(ascii: "\n")]
    }

    private init(indented: Bool) { self.indented = indented }

    private mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null, .tooLarge: put("null")
        case .bool(let flag): put(flag ? "true" : "false")
        case .number(let digits): put(digits)
        case .string(let text): write(text)
        case .array(let elements):
            list(elements, in: ("[", "]"), depth) { writer, element in writer.write(element, depth: depth + 1)
            }
        case .object(let members):
            list(members, in: ("{", "}"), depth) { writer, member in
                writer.write(member.name)
                writer.put(writer.indented ? ": " : ":")
                writer.write(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func list<Item>(
        _ items: [Item],
        in brackets: (opening: String, closing: String),
        _ depth: Int,
        _ write: (inout JSONWriter, Item) -> Void
    ) {
        put(brackets.opening)
        for (index, item) in items.enumerated() {
            if index > 0 { put(",") }
            breakLine(depth + 1)
            write(&self, item)
        }
        if !items.isEmpty { breakLine(depth) }
        put(brackets.closing)
    }

    private mutating func breakLine(_ depth: Int) {
        guard indented else { return }
        put("\n")
        for _ in 0..<depth { put("  ") }
    }

    private mutating func write(_ text: String) {
        put("\"")
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": put("\\\"")
            case "\\": put("\\\\")
            case "\n": put("\\n")
            case "\r": put("\\r")
            case "\t": put("\\t")
            // A plan is also read on terminals: no control character, C1 ones included, reaches them raw.
            case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}":
                let digits = String(scalar.value, radix: 16)
                put("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            default: output.append(contentsOf: UTF8.encode(scalar)!)
            }
        }
        put("\"")
    }

    private mutating func put(_ text: String) { output.append(contentsOf: text.utf8) }
}
