/// A release number such as `2.1.329`.
struct Version: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    var parts: [Int]

    /// The first dotted number in a text such as ` 1.31.0`, `codex-cli 0.163.0` or `Copilot CLI 1.0.57.`.
    init?(in text: String) {
        for word in text.split(whereSeparator: { !$0.isNumber && $0 != "." }) {
            let word = word.last == "." ? word.dropLast() : word
            let parts = word.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
            let numbers = parts.compactMap(\.self)
            if numbers.count >= 2, numbers.count == parts.count {
                self.parts = numbers
                return
            }
        }
        return nil
    }

    init(stringLiteral value: String) { parts = value.split(separator: ".").map { Int($0) ?? 0 } }

    var description: String {
        // A release that is a date keeps its zeros: 2025.09.17.
        let isDate = parts.count == 3 && parts[0] >= 2000
        return parts.map { isDate && $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ".")
    }

    static func < (a: Version, b: Version) -> Bool {
        for index in 0..<max(a.parts.count, b.parts.count) {
            let left = index < a.parts.count ? a.parts[index] : 0
            let right = index < b.parts.count ? b.parts[index] : 0
            if left != right { return left < right }
        }
        return false
    }
}
