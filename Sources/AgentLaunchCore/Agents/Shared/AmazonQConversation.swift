/// A conversation as Amazon Q keeps it, and Kiro's first engine after it: one JSON value, written whole after every
/// answer. Launching, leaving and clearing write nothing.
struct AmazonQConversation: Equatable, Sendable {
    /// Why the agent's own parser would not take a value: it then begins anew without a word.
    struct Fault: Error, Equatable, Sendable {
        var why: String
    }

    /// Chosen by the agent.
    let id: String
    /// What a person or a launcher said, oldest first; nil is one too long to be compared.
    let prompts: [String?]
    let messages: Int
    let startedAt: Timestamp?
    let updatedAt: Timestamp?
    /// The last answer asks for a tool whose result never came.
    let isInterrupted: Bool
    /// A summary has taken the place of the first turns.
    let isCompacted: Bool
    /// Both sides' turns for people to read, a person's behind `> `; a summary leaves them as they are.
    private let transcript: [String?]

    /// The agent resumes a conversation only if something was said.
    var isEmpty: Bool { messages == 0 }

    private static let texts: JSONFields = [
        "conversation_id", "latest_summary", "transcript", "history.user.timestamp",
        "history.user.content.Prompt.prompt", "history.user.content.CancelledToolUses.prompt",
        "history.assistant.Response.message_id", "history.assistant.ToolUse.message_id",
    ]
    private static let limits = JSONLimits(string: 4 << 20, total: 16 << 20)

    /// The value of a row; nil stands for one that is no text.
    init(_ value: Bytes?) throws(Fault) {
        guard let value else { throw Fault(why: "its value is not text") }
        try AmazonQConversationShape.check(value)
        guard let json = JSONRecord.of(value, Self.texts, Self.limits).value,
            let history = json["history"]?.elements, let id = json["conversation_id"]?.text
        else { throw Fault(why: "it is too large to be read") }
        self.id = id
        prompts = history.compactMap { Self.prompt($0["user"]?["content"]) }
        messages = history.count + prompts.count
        let times = history.compactMap { $0["user"]?["timestamp"]?.text.flatMap { Timestamp($0) } }
        startedAt = times.min()
        updatedAt = times.max()
        isInterrupted = history.last?["assistant"]?["ToolUse"] != nil
        isCompacted = ![nil, .null].contains(json["latest_summary"])
        transcript = json["transcript"]?.elements?.map(\.text) ?? [nil]
    }

    /// What the first user message is, compared with the task.
    func firstMessage(_ task: TaskText?) -> Session.FirstMessage {
        if isEmpty { return .none }
        let first = isCompacted ? said.first ?? nil : prompts.first ?? nil
        return Session.FirstMessage(isTask: task?.matches(anyOf: [first], isComplete: !isCompacted))
    }

    /// Whether anything that was said is this text; nil if that cannot be told.
    func contains(_ task: TaskText) -> Bool? {
        task.matches(anyOf: isCompacted ? prompts + said : prompts, isComplete: !isCompacted)
    }

    /// A person's turns in the transcript.
    private var said: [String?] {
        transcript.compactMap { entry -> String?? in
            guard let entry else { return .some(nil) }
            guard entry.hasPrefix("> ") else { return nil }
            // Each further line stands behind the mark of the line before.
            return entry.dropFirst(2).split(separator: "> \n", omittingEmptySubsequences: false)
                .joined(separator: "\n")
        }
    }

    /// Nil if nothing was said: the results of tools are sent in a user's name too.
    private static func prompt(_ content: JSONValue?) -> String?? {
        let said = content?["Prompt"]?["prompt"] ?? content?["CancelledToolUses"]?["prompt"]
        switch said {
        case nil, .null: return nil
        default: return .some(said?.text)
        }
    }
}
