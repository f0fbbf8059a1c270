/// One line of a rollout, as far as it matters for going on with the thread.
enum CodexLine: Equatable {
    case turnContext(directory: String?)
    case user(CodexUserMessage)
    /// What the model said; `isLast` unless it announces more work.
    case assistant(isLast: Bool)
    case turnFinished
    case turnAborted
    /// The model is at work: a turn has begun, a tool was called, a tool answered.
    case working
    case other

    static let fields: JSONFields = [
        "timestamp", "type", "payload.type", "payload.cwd", "payload.role", "payload.phase",
        "payload.content.type", "payload.content.text",
        "payload.internal_chat_message_metadata_passthrough.content_item_kinds",
    ]

    init(_ line: JSONValue) {
        let payload = line["payload"]
        switch (line["type"]?.text, payload?["type"]?.text) {
        case ("turn_context", _): self = .turnContext(directory: payload?["cwd"]?.text)
        case ("response_item", "message"): self = Self.message(payload)
        case ("response_item", let kind?) where kind.hasSuffix("_call") || kind.hasSuffix("_output"):
            self = .working
        case ("event_msg", "task_started"), ("event_msg", "turn_started"): self = .working
        case ("event_msg", "task_complete"), ("event_msg", "turn_complete"): self = .turnFinished
        case ("event_msg", "turn_aborted"): self = .turnAborted
        default: self = .other
        }
    }

    private static func message(_ payload: JSONValue?) -> CodexLine {
        switch payload?["role"]?.text {
        case "assistant": .assistant(isLast: payload?["phase"]?.text != "commentary")
        case "user": CodexUserMessage(payload).map { .user($0) } ?? .other
        default: .other
        }
    }
}

/// What a person typed or a launcher gave. Codex stores its own context under the same role.
struct CodexUserMessage: Equatable {
    var texts: [String] = []
    /// A part was too large to be kept, or holds no text where one should be.
    var isCut = false

    /// Nil if every part is Codex's own context.
    init?(_ payload: JSONValue?) {
        let kinds =
            payload?["internal_chat_message_metadata_passthrough"]?["content_item_kinds"]?.elements ?? []
        guard let parts = payload?["content"]?.elements else {
            guard let content = payload?["content"], content != .null else { return nil }
            isCut = true
            return
        }
        var isTyped = false
        for (index, part) in parts.enumerated() {
            let text = part["text"]
            guard !Self.isContext(text?.text, kind: kinds.indices.contains(index) ? kinds[index].text : nil)
            else { continue }
            isTyped = true
            if let text = text?.text { texts.append(text) }
            if text?.isNoText == true || part == .tooLarge { isCut = true }
        }
        guard isTyped else { return nil }
    }

    /// Nil if that cannot be told.
    func matches(_ task: TaskText) -> Bool? { task.matches(texts: texts, isCut: isCut) }

    // 0.163 says of each part what it is ("user.text"); before it only the beginning tells.
    private static func isContext(_ text: String?, kind: String?) -> Bool {
        if let kind, kind != "unknown" { return !kind.hasPrefix("user.") }
        guard let text else { return false }
        return contextBeginnings.contains { text.hasPrefix($0) }
    }

    private static let contextBeginnings = [
        "<environment_context>", "<user_instructions>", "# AGENTS.md instructions", "<turn_aborted>",
        "<subagent_notification>", "<user_action>", "<user_shell_command>", "<skill>", "<INSTRUCTIONS>",
        "<permissions instructions>", "<collaboration_mode>", "<skills_instructions>",
    ]
}
