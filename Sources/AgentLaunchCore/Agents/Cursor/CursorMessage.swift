/// One message of a Cursor chat.
struct CursorMessage: Equatable, Sendable {
    static let fields: JSONFields = ["role", "content", "content.type", "content.text"]

    /// `system`, `user`, `assistant` or `tool`.
    var role: String
    /// What somebody typed or a launcher gave: the texts in `<user_query>`.
    private var queries: [String] = []
    private var texts: [String] = []
    private var asksForTools = false
    private var isCut = false

    /// Nil if this is no message.
    init?(_ bytes: Bytes) {
        guard let value = JSONRecord.of(bytes, Self.fields).value, let role = value["role"]?.text else {
            return nil
        }
        self.role = role
        switch value["content"] {
        case .string(let text)?: add(text)
        case .array(let parts)?:
            for part in parts {
                switch part["type"]?.text {
                case "text"? where part["text"]?.text != nil: add(part["text"]?.text ?? "")
                case "tool-call"?: asksForTools = true
                case "text"?, nil: isCut = true
                default: break
                }
            }
        default: isCut = true
        }
    }

    var isTurn: Bool { role == "user" || role == "assistant" }

    /// Cursor stores what it tells the model about the workspace under the user's role too.
    var hasQuery: Bool { role == "user" && !queries.isEmpty }

    /// Whether it is the task; nil if it cannot be read.
    func isTask(_ task: TaskText) -> Bool? {
        task.matches(texts: queries.isEmpty ? texts : queries, isCut: isCut)
    }

    /// Whether a conversation that ends with this message still lacks an answer; nil if that cannot be told.
    var leavesTurnOpen: Bool? {
        switch role {
        case "user", "tool": true
        case "assistant": isCut ? nil : asksForTools
        default: nil
        }
    }

    private mutating func add(_ text: String) {
        texts.append(text)
        let (start, end) = ("<user_query>", "</user_query>")
        let bytes = Bytes(text.utf8)
        guard let from = bytes.firstRange(of: Bytes(start.utf8)),
            let to = bytes.ranges(of: Bytes(end.utf8)).last, from.upperBound <= to.lowerBound
        else { return }
        queries.append(Bytes(bytes[from.upperBound..<to.lowerBound]).lossyText)
    }
}
