/// Whether the agent's parser takes the value of a conversation. It is strict: one member that is missing or of
/// another kind, and the whole conversation counts for nothing.
enum AmazonQConversationShape {
    /// More brackets open at once are too many for the parser, which is that of Codex.
    private static let deepest = 127

    private static let fields: JSONFields = [
        "conversation_id", "next_message", "history", "history.user", "history.user.additional_context",
        "history.user.env_context", "history.user.timestamp", "history.user.images",
        "history.user.content", "history.user.content.*", "history.user.content.Prompt.prompt",
        "history.user.content.CancelledToolUses.prompt",
        "history.user.content.CancelledToolUses.tool_use_results",
        "history.user.content.ToolUseResults.tool_use_results",
        "history.assistant", "history.assistant.*", "history.assistant.Response.content",
        "history.assistant.Response.message_id", "history.assistant.ToolUse.content",
        "history.assistant.ToolUse.message_id", "history.assistant.ToolUse.tool_uses",
        "valid_history_range", "transcript", "tools",
    ]
    /// Strings are looked at for their kind only.
    private static let limits = JSONLimits(string: 64, total: 32 << 20)

    static func check(_ value: Bytes) throws(AmazonQConversation.Fault) {
        let record = JSONRecord.of(value, fields, limits)
        guard record.isStrictlyValid, record.depth <= deepest, isStrictText(value),
            let json = record.value
        else { throw AmazonQConversation.Fault(why: "its value is not valid JSON") }
        if let missing = firstOdd(json) {
            throw AmazonQConversation.Fault(
                why: "its value is not a conversation: \(missing) is missing or invalid"
            )
        }
    }

    private static func firstOdd(_ json: JSONValue) -> String? {
        guard isText(json["conversation_id"]) else { return "conversation_id" }
        guard let history = json["history"]?.elements else { return "history" }
        if let odd = history.firstIndex(where: { !isTurn($0) }) { return "turn \(odd + 1) of history" }
        let range = json["valid_history_range"]?.elements ?? []
        guard range.count == 2, range.allSatisfy(isCount) else {
            return "valid_history_range"
        }
        guard json["transcript"]?.elements?.allSatisfy({ isText($0) }) == true else { return "transcript" }
        guard json["tools"]?.members != nil else { return "tools" }
        return nil
    }

    private static func isTurn(_ turn: JSONValue) -> Bool {
        guard let user = turn["user"], let assistant = turn["assistant"], isText(user["additional_context"]),
            user["env_context"]?.members != nil,
            isOptional(user["timestamp"], { $0?.text.flatMap { Timestamp($0) } != nil }),
            isOptional(user["images"], { $0?.elements != nil })
        else { return false }
        return isContent(user["content"]) && isAnswer(assistant)
    }

    /// One of three kinds, named by the only member.
    private static func isContent(_ content: JSONValue?) -> Bool {
        guard let members = content?.members, members.count == 1 else { return false }
        let value = members[0].value
        switch members[0].name {
        case "Prompt": return isText(value["prompt"])
        case "CancelledToolUses":
            return isOptional(value["prompt"], isText) && value["tool_use_results"]?.elements != nil
        case "ToolUseResults": return value["tool_use_results"]?.elements != nil
        default: return false
        }
    }

    private static func isAnswer(_ answer: JSONValue) -> Bool {
        guard let members = answer.members, members.count == 1 else { return false }
        let value = members[0].value
        guard isText(value["content"]), isOptional(value["message_id"], isText) else { return false }
        return members[0].name == "Response"
            || members[0].name == "ToolUse" && value["tool_uses"]?.elements != nil
    }

    /// Written as a whole number: `1.0` is none for this parser.
    private static func isCount(_ value: JSONValue) -> Bool {
        if case .number(let digits) = value { UInt64(digits) != nil } else { false }
    }

    /// A string that was too long to be kept is one all the same.
    private static func isText(_ value: JSONValue?) -> Bool { value?.text != nil || value == .tooLarge }

    private static func isOptional(_ value: JSONValue?, _ isRight: (JSONValue?) -> Bool) -> Bool {
        value == nil || value == .null || isRight(value)
    }
}
