/// The task prompt, trimmed: what is sent, compared and (as a digest) remembered.
struct TaskText: Equatable, Sendable {
    /// UTF-8, without white space at its ends; never empty.
    let bytes: Bytes

    /// Lower case hex.
    var sha256: String { SHA256.hex(bytes) }

    /// Nil if nothing but white space is there.
    init?(_ text: String) {
        let trimmed = trimmedScalars(text)
        guard !trimmed.isEmpty else { return nil }
        bytes = Bytes(Substring(trimmed).utf8)
    }

    /// Whether a stored user message is this task: equal to it once both are trimmed and their line ends are
    /// normalised, or ending with it after a line break or `: ` (older launchers put a sentence in front).
    func matches(message: String) -> Bool {
        let said = normalised(message)
        let task = normalised(String(decoding: bytes, as: UTF8.self))
        guard said.count > task.count else { return said == task }
        guard said.suffix(task.count).elementsEqual(task) else { return false }
        let front = said.dropLast(task.count)
        return front.last == UInt8(ascii: "\n") || front.suffix(2).elementsEqual(Bytes(": ".utf8))
    }

    /// Whether a message of several texts is this task, one of them or all together; nil if that cannot be told,
    /// because a part of the message is missing.
    func matches(texts: [String], isCut: Bool) -> Bool? {
        let isTask =
            texts.contains(where: matches(message:)) || matches(message: texts.joined(separator: "\n"))
        return isTask || !isCut ? isTask : nil
    }

    /// Whether any of the messages is this task; nil if that cannot be told, because one is missing (nil) or may be.
    func matches(anyOf messages: [String?], isComplete: Bool) -> Bool? {
        if messages.contains(where: { $0.map(matches(message:)) == true }) { return true }
        return isComplete && !messages.contains(nil) ? false : nil
    }

    private func normalised(_ text: String) -> Bytes {
        var result: Bytes = []
        var afterReturn = false
        for byte in String(trimmedScalars(text)).utf8 {
            if byte == UInt8(ascii: "\r") {
                result.append(UInt8(ascii: "\n"))
            } else if byte != UInt8(ascii: "\n") || !afterReturn {
                result.append(byte)
            }
            afterReturn = byte == UInt8(ascii: "\r")
        }
        return result
    }
}

private func trimmedScalars(_ text: String) -> Substring.UnicodeScalarView {
    var scalars = text.unicodeScalars[...]
    while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return scalars
}

extension TaskText {
    /// The same where every tab of a paste becomes four spaces, as Copilot has it.
    func matches(pasted message: String) -> Bool {
        if matches(message: message) { return true }
        let tab = UInt8(ascii: "\t")
        guard bytes.contains(tab) else { return false }
        let spaces = bytes.flatMap { $0 == tab ? Bytes(repeating: 0x20, count: 4) : [$0] }
        return TaskText(String(decoding: spaces, as: UTF8.self))?.matches(message: message) == true
    }
}
