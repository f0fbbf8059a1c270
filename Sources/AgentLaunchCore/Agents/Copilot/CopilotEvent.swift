/// One line of a Copilot CLI session, as far as resuming depends on it.
struct CopilotEvent {
    static let fields: JSONFields = [
        "type", "id", "parentId", "timestamp", "data.sessionId", "data.messageId", "data.content",
        "data.context.cwd", "data.toolRequests.toolCallId",
    ]

    /// `user.message`, `assistant.turn_end` …
    let type: String
    private let value: JSONValue

    /// Nil if the line is valid JSON and lacks what every event has. Copilot 1.0.64 checks each event of a kind that
    /// it knows, and refuses the session for one that is not right.
    init?(_ value: JSONValue) {
        guard let type = value["type"]?.text, value["id"]?.text.map(isUUID) == true, let data = value["data"],
            data.members != nil,
            let time = value["timestamp"]?.text, Timestamp(time) != nil, let parent = value["parentId"],
            parent == .null || parent.text.map(isUUID) == true
        else { return nil }
        let needed: [String] =
            switch type {
            case "session.start": ["sessionId"]
            case "user.message": ["content"]
            case "assistant.message": ["content", "messageId"]
            default: []
            }
        guard needed.allSatisfy({ data[$0]?.text != nil || data[$0] == .tooLarge }) else { return nil }
        self.type = type
        self.value = value
    }

    var isUser: Bool { type == "user.message" }
    var isMessage: Bool { isUser || type == "assistant.message" }
    var timestamp: Timestamp? { value["timestamp"]?.text.flatMap { Timestamp($0) } }
    /// Where the process of that time ran.
    var directory: Path? { value["data"]?["context"]?["cwd"]?.text.map { Path($0) } }
    /// The answer asks for tools, whose results it waits for.
    var asksForTools: Bool { value["data"]?["toolRequests"]?.elements?.isEmpty == false }

    /// Whether this line gave the text to the agent; nil if it is too long to be compared.
    func matches(_ task: TaskText) -> Bool? {
        guard isUser, let content = value["data"]?["content"] else { return false }
        return content == .tooLarge ? nil : content.text.map { task.matches(pasted: $0) } ?? false
    }
}
