/// One message of OpenCode, as far as a decision needs it: a line of `message`, or a file of before 1.2.
struct OpenCodeMessage: Equatable, Sendable {
    static let fields: JSONFields = ["id", "role", "finish", "error.name", "time.created", "time.completed"]
    static let partFields: JSONFields = ["type", "text", "synthetic", "ignored"]

    /// `user` or `assistant`; nil if it cannot be read.
    var role: String?
    /// Why the model stopped.
    private var finish: String?

    init(_ data: JSONValue?) {
        let role = data?["role"]?.text
        self.role = role == "user" || role == "assistant" ? role : nil
        finish = data?["finish"]?.text
    }

    /// Whether a conversation that ends with this message still lacks an answer; nil if that cannot be told.
    var leavesTurnOpen: Bool? {
        switch role {
        case "user": true
        // An answer that was cut off has no reason, one that asks for tools is followed by another.
        case "assistant": finish == nil || finish == "tool-calls" || finish == "unknown"
        default: nil
        }
    }
}

/// What a user's message says: its text parts.
struct OpenCodeText: Equatable, Sendable {
    private var texts: [String] = []
    private var isCut = false

    init(_ parts: [JSONValue?]) {
        for part in parts {
            guard let part, part != .tooLarge, let type = part["type"]?.text else {
                isCut = true
                continue
            }
            // OpenCode adds parts of its own, such as the contents of files that a text names.
            guard type == "text", part["synthetic"]?.flag != true, part["ignored"]?.flag != true else {
                continue
            }
            if let text = part["text"]?.text { texts.append(text) } else { isCut = true }
        }
    }

    /// Somebody said something; a command's message may hold nothing but what OpenCode added.
    var isSpoken: Bool { isCut || !texts.isEmpty }

    /// Whether it is the task; nil if it cannot be read.
    func isTask(_ task: TaskText) -> Bool? { task.matches(texts: texts, isCut: isCut) }

    static func firstMessage(_ first: OpenCodeText?, _ task: TaskText?) -> Session.FirstMessage {
        first.map { Session.FirstMessage(isTask: task.flatMap($0.isTask)) } ?? .none
    }
}
