import Foundation

/// A JSON value with its fields in order, written as Go writes it.
indirect enum JSONText {
    case text(String)
    case number(Int)
    case boolean(Bool)
    case null
    case list([JSONText])
    case object([(String, JSONText)])

    /// Files escape `<`, `>` and `&`; answers do not.
    func written(escapingMarkup: Bool) -> String {
        switch self {
        case .text(let text): Self.quoted(text, escapingMarkup)
        case .number(let number): String(number)
        case .boolean(let value): value ? "true" : "false"
        case .null: "null"
        case .list(let items):
            "[" + items.map { $0.written(escapingMarkup: escapingMarkup) }.joined(separator: ",") + "]"
        case .object(let fields):
            "{"
                + fields.map { name, value in
                    Self.quoted(name, escapingMarkup) + ":" + value.written(escapingMarkup: escapingMarkup)
                }
                .joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String, _ escapingMarkup: Bool) -> String {
        var result = "\""
        for scalar in RawText.shown(text).unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "<", ">", "&":
                if escapingMarkup { result += escape(scalar) } else { result.unicodeScalars.append(scalar) }
            case "\u{2028}", "\u{2029}": result += escape(scalar)
            default:
                if scalar.value < 0x20 {
                    result += escape(scalar)
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

/// Now, as Go writes a time: local offset, up to nine digits of a second without closing zeros.
func timestamp() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var parts = tm()
    localtime_r(&now.tv_sec, &parts)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
    var fraction = String(Int(now.tv_nsec) + 1_000_000_000).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    let minutes = Int(parts.tm_gmtoff) / 60
    let sign = minutes < 0 ? "-" : "+"
    let offset = minutes == 0 ? "Z" : "\(sign)\(two(abs(minutes) / 60)):\(two(abs(minutes) % 60))"
    return "\(Int(parts.tm_year) + 1900)-\(two(Int(parts.tm_mon) + 1))-\(two(Int(parts.tm_mday)))"
        + "T\(two(Int(parts.tm_hour))):\(two(Int(parts.tm_min))):\(two(Int(parts.tm_sec)))"
        + (fraction.isEmpty ? "" : "." + fraction) + offset
}
