extension StringProtocol {
    /// What stands between a beginning and an ending, as the number in `chat-2.md`; nil unless both are there.
    func part(after beginning: String = "", before ending: String) -> String? {
        guard hasPrefix(beginning), hasSuffix(ending), count >= beginning.count + ending.count else {
            return nil
        }
        return String(dropFirst(beginning.count).dropLast(ending.count))
    }

    /// Without white space at its ends.
    var trimmed: SubSequence {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
