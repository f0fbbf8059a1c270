/// What one stored message of goose says.
struct GooseMessage: Equatable, Sendable {
    var role: String
    /// Its texts; nil if the content cannot be read.
    var texts: [String]?
    /// It asks for tools to be run.
    var asksForTools = false

    static let fields: JSONFields = ["type", "text"]

    init(role: String, content: JSONValue?) {
        self.role = role
        guard let blocks = content?.elements else { return }
        var texts: [String] = []
        for block in blocks {
            guard block["type"] != .tooLarge, block["text"]?.isNoText != true, block != .tooLarge else {
                return
            }
            switch block["type"]?.text {
            case "text": texts.append(block["text"]?.text ?? "")
            case "toolRequest", "frontendToolRequest": asksForTools = true
            default: break
            }
        }
        self.texts = texts
    }

    /// What a person or launcher said; the results of tools are stored under the user's role too.
    var isSpoken: Bool { role == "user" && texts?.isEmpty != true }

    /// Whether it is the task; nil if it cannot be read.
    func isTask(_ task: TaskText) -> Bool? {
        texts.flatMap { task.matches(texts: $0, isCut: false) }
    }

    /// Whether a conversation that ends with this message still lacks an answer; nil if that cannot be told.
    var leavesTurnOpen: Bool? {
        if role == "user" { return true }
        return texts == nil ? nil : asksForTools
    }

    static func firstMessage(_ first: GooseMessage?, _ task: TaskText?) -> Session.FirstMessage {
        first.map { Session.FirstMessage(isTask: task.flatMap($0.isTask)) } ?? .none
    }

    /// Seconds since 1970, or in some rows milliseconds.
    static func time(_ number: Int64) -> Timestamp {
        let isMilliseconds = number.magnitude > 10_000_000_000
        return Timestamp(milliseconds: isMilliseconds ? number : number * 1000)
    }
}
