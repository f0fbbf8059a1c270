/// One message of a Gemini CLI conversation, as far as resuming depends on it.
struct GeminiMessage: Equatable {
    static let names = [
        "id", "type", "timestamp", "content", "content.text", "toolCalls.id", "thoughts.subject",
    ]
    static let fields = JSONFields(names)

    let id: String
    let isUser: Bool
    let isAnswer: Bool
    let timestamp: Timestamp?
    /// The agent lists a conversation that holds one of these: something said, no command and no context that the
    /// agent itself put in.
    let isTalk: Bool
    /// A user's message of something else than text, an image say: the agent lists no conversation for it.
    let isOpaque: Bool
    /// An answer that ends in text; one that only asks for tools goes on.
    let isFinished: Bool
    /// A user's message of which a part is too long to be kept, or holds no text where one should be.
    let isUnreadable: Bool
    /// Whether this message is the task; nil if it cannot be read, or there is no task.
    let isTask: Bool?

    init(_ value: JSONValue, _ task: TaskText?) {
        id = value["id"]?.text ?? ""
        isUser = value["type"]?.text == "user"
        isAnswer = value["type"]?.text == "gemini"
        timestamp = value["timestamp"]?.text.flatMap { Timestamp($0) }
        let content = value["content"]
        let parts =
            content?.text.map { [$0] } ?? content?["text"]?.text.map { [$0] }
            ?? content?.elements?.compactMap { $0["text"]?.text ?? $0.text } ?? []
        let isCut =
            content == .tooLarge
            || content?.elements?.contains { $0 == .tooLarge || $0["text"] == .tooLarge } == true
        isUnreadable =
            isUser && (isCut || content?.elements?.contains { $0["text"]?.isNoText == true } == true)
        let text = parts.joined()
        let said = text.drop { $0.isWhitespace }
        let hasText = isCut || !said.isEmpty
        let marks = ["/", "?", "<session_context>", "<hook_context>"]
        let isOwn = !isCut && marks.contains { said.hasPrefix($0) }
        let works = ["toolCalls", "thoughts"].contains { value[$0]?.elements?.isEmpty == false }
        isTalk = isUser ? hasText && !isOwn : isAnswer && (hasText || works)
        isOpaque = isUser && content?.elements?.contains { $0.members?.isEmpty == true } == true
        isFinished = isAnswer && hasText
        isTask = isUser ? isUnreadable ? nil : task.map { $0.matches(message: text) } : false
    }
}
