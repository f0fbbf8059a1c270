/// Control characters, line breaks first of all, are written as escapes: a path can hold them, and neither a
/// reader of lines nor a terminal should meet them.
func oneLine(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x0a: result += "\\n"
        case 0x09: result += "\\t"
        case 0x0d: result += "\\r"
        case 0..<0x20, 0x7f..<0xa0: result += "\\u{" + String(scalar.value, radix: 16) + "}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
