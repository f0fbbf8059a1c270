/// One line of a Claude Code transcript, as far as resuming depends on it.
struct ClaudeLine {
    static let fields: JSONFields = [
        "type", "isSidechain", "isMeta", "isCompactSummary", "isApiErrorMessage", "isAbortedMidStream",
        "cwd", "timestamp", "message.id", "message.model", "message.stop_reason",
        "message.content", "message.content.type", "message.content.text",
        "attachment.type", "attachment.prompt", "attachment.prompt.text",
    ]

    private let value: JSONValue

    init(_ value: JSONValue) { self.value = value }

    /// A line of the conversation itself: the agent resumes a file that holds one. Sub-agents' are not.
    var isConversation: Bool { (isUser || isAssistant) && value["isSidechain"]?.flag != true }

    /// Something said: no reminder put in by the agent, no slash or shell command of its own.
    var isMessage: Bool {
        isConversation && (isAssistant || value["isMeta"]?.flag != true && !texts.contains(where: isCommand))
    }

    var isUser: Bool { value["type"]?.text == "user" }
    var isAssistant: Bool { value["type"]?.text == "assistant" }
    var directory: Path? { value["cwd"]?.text.map { Path($0) } }
    var timestamp: Timestamp? { value["timestamp"]?.text.flatMap { Timestamp($0) } }
    /// One answer is written as several lines of one id.
    var answer: String? { value["message"]?["id"]?.text }

    /// A message that a person or a launcher wrote: no result of a tool, no summary of what went before.
    var isTyped: Bool {
        guard isUser, isMessage, value["isCompactSummary"]?.flag != true else { return false }
        guard let blocks = content?.elements else { return true }
        return blocks.contains { $0["type"]?.text != "tool_result" }
    }

    /// The last message of a turn that came to its end.
    var isFinishedAnswer: Bool {
        guard isAssistant, let message = value["message"], message["model"]?.text != "<synthetic>",
            value["isApiErrorMessage"]?.flag != true, value["isAbortedMidStream"]?.flag != true
        else { return false }
        if let reason = message["stop_reason"]?.text { return reason != "tool_use" && reason != "pause_turn" }
        return content?.elements?.contains { $0["type"]?.text == "tool_use" } != true
    }

    /// Whether the text was given to the agent by this line; nil if a part of it cannot be compared.
    func matches(_ task: TaskText) -> Bool? {
        let said = isConversation && isUser && value["isMeta"]?.flag != true ? texts : queued
        if said.contains(where: {
            task.matches(message: $0) || typedCommand($0).map(task.matches(message:)) == true
        }) {
            return true
        }
        if said.count > 1, task.matches(message: said.joined(separator: "\n")) { return true }
        return isUser && isConversation && isCut ? nil : false
    }

    private var content: JSONValue? { value["message"]?["content"] }

    private var texts: [String] {
        if let text = content?.text { return [text] }
        return content?.elements?.compactMap { $0["text"]?.text ?? $0.text } ?? []
    }

    /// A message that was typed while the agent worked is kept as an attachment.
    private var queued: [String] {
        guard value["attachment"]?["type"]?.text == "queued_command",
            let prompt = value["attachment"]?["prompt"]
        else { return [] }
        return prompt.text.map { [$0] } ?? prompt.elements?.compactMap { $0["text"]?.text } ?? []
    }

    /// A part of it cannot be compared: too long to be kept, or no text where one should be.
    private var isCut: Bool {
        guard let blocks = content?.elements else { return content?.isNoText == true }
        return blocks.contains { $0 == .tooLarge || $0["text"]?.isNoText == true }
    }
}

private func isCommand(_ text: String) -> Bool {
    let marks = [
        "<command-name>", "<command-message>", "<local-command-", "<bash-input>", "<bash-stdout>",
        "<bash-stderr>",
    ]
    let start = text.drop { $0.isWhitespace }
    return marks.contains { start.hasPrefix($0) }
}

/// `/name arguments` of a slash command's line, as it was typed.
private func typedCommand(_ text: String) -> String? {
    guard isCommand(text), let name = inside("command-name", of: text) else { return nil }
    let arguments = inside("command-args", of: text) ?? ""
    return arguments.isEmpty ? name : name + " " + arguments
}

private func inside(_ tag: String, of text: String) -> String? {
    guard let opening = text.firstRange(of: "<\(tag)>") else { return nil }
    let rest = text[opening.upperBound...]
    guard let closing = rest.firstRange(of: "</\(tag)>") else { return nil }
    return String(rest[..<closing.lowerBound])
}
