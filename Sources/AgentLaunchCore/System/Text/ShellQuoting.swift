/// Copy-and-paste quoting for a POSIX shell; only ever printed, never run.
enum ShellQuoting {
    /// The word as it is where that is safe, otherwise in single quotes; with control characters in `$'…'`.
    static func quote(_ word: String) -> String {
        if !word.isEmpty, word.unicodeScalars.allSatisfy(isPlain) { return word }
        if word.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
            let escaped = word.unicodeScalars.map(escape).joined()
            return "$'\(escaped)'"
        }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
            + "'"
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", ":", "=", "@", "%", "+", ",": true
        default: false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\t": "\\t"
        case "\r": "\\r"
        case "\\": "\\\\"
        case "'": "\\'"
        case _ where scalar.value < 0x20 || scalar.value == 0x7f:
            "\\" + String(repeating: "0", count: 3 - String(scalar.value, radix: 8).count)
                + String(scalar.value, radix: 8)
        default: String(scalar)
        }
    }
}
