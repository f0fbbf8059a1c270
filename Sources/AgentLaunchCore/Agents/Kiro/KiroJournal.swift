/// The journal of a session of Kiro's second engine: lines that are replayed. Lines that cannot be read are skipped.
struct KiroJournal {
    private(set) var prompts: [String?] = []
    private(set) var messages = 0
    /// A first turn is told in a summary of another conversation.
    private(set) var beginsWithSummary = false
    private(set) var isInterrupted: Bool?
    /// A line that may hold a message is not known.
    private(set) var isDoubtful = false

    private static let fields: JSONFields = [
        "version", "kind", "data.message_id", "data.content.kind", "data.content.data", "data.target_index",
        "data.messages_snapshot.role", "data.messages_snapshot.content.kind",
        "data.messages_snapshot.content.data",
    ]
    /// Of larger files it is not looked at whether every byte is text.
    private static let checkedSize = 8 << 20

    private enum Role { case prompt, assistant, results }

    /// What a line does to the messages when the journal is replayed.
    private enum Effect {
        case add(Role)
        case replace([Role])
        case returnTo(Int)
        case cancel
        case clear
    }

    /// Nil if there is none.
    init?(_ file: Path) throws(StoreFailure) {
        switch try StoreEntry.at(file) {
        case .absent: return nil
        case .directory, .other: throw .damaged(file, "it is not a regular file")
        case .file(let stamp):
            let bytes =
                stamp.size <= Self.checkedSize ? try reading(file, try contentsOfSmallFile(file)) : nil
            // Kiro's reader ends with an error there.
            if let bytes, bytes.text == nil { throw .damaged(file, "it contains a byte that is not text") }
            // Where there is none in the whole file, no line has to be looked at for one.
            let odd = bytes.flatMap { hasLoneSurrogate($0) ? $0 : nil }
            try reading(file, try read(JSONLines(file), odd))
        }
        guard messages >= 0 else {
            throw .damaged(file, "it resets to a message that it does not have")
        }
        if messages == 0, isDoubtful {
            throw .damaged(file, "none of its lines can be read as a message")
        }
    }

    func firstMessage(_ task: TaskText?) -> Session.FirstMessage {
        guard let first = prompts.first else { return messages == 0 ? .none : .unknown }
        return Session.FirstMessage(isTask: task?.matches(anyOf: [first], isComplete: !beginsWithSummary))
    }

    /// Nil if that cannot be told.
    func contains(_ task: TaskText) -> Bool? {
        task.matches(anyOf: prompts, isComplete: !beginsWithSummary && !isDoubtful)
    }

    private mutating func read(_ lines: JSONLines, _ odd: Bytes?) throws(Errno) {
        var effects: [Effect] = []
        var asksForTool = false
        while let record = try lines.next(Self.fields) {
            let isOdd = odd.map { hasLoneSurrogate(Bytes($0[record.offset..<lines.head])) } ?? false
            guard record.isStrictlyValid, record.depth <= 127, !isOdd, let line = record.value else {
                // A line that was cut off when it was written told nobody anything.
                if record.terminated { isDoubtful = true }
                continue
            }
            guard let effect = effect(line) else {
                isDoubtful = true
                continue
            }
            if effects.isEmpty, case .replace = effect { beginsWithSummary = true }
            effects.append(effect)
            if case .add(.assistant) = effect {
                asksForTool =
                    line["data"]?["content"]?.elements?.contains { $0["kind"]?.text == "toolUse" } == true
            }
        }
        guard let left = Self.replay(effects, upTo: effects.count) else {
            messages = -1
            return
        }
        messages = left.filter { $0 != .results }.count
        isInterrupted = left.last.map { $0 != .assistant || asksForTool }
    }

    private mutating func effect(_ line: JSONValue) -> Effect? {
        guard line["version"]?.text == "v1", let kind = line["kind"]?.text else { return nil }
        let data = line["data"]
        let isMessage = data?["message_id"]?.text != nil && data?["content"]?.elements != nil
        switch kind {
        case "Prompt" where isMessage:
            prompts.append(Self.said(data?["content"]))
            return .add(.prompt)
        case "AssistantMessage" where isMessage: return .add(.assistant)
        case "ToolResults" where isMessage: return .add(.results)
        case "Compaction":
            guard let snapshot = data?["messages_snapshot"]?.elements else { return nil }
            let roles = snapshot.map { message -> Role in
                guard message["role"]?.text?.lowercased() == "user" else { return .assistant }
                if prompts.isEmpty { prompts.append(Self.said(message["content"])) }
                return .prompt
            }
            return .replace(roles)
        case "ResetTo": return data?["target_index"]?.integer.map { .returnTo(Int(clamping: $0)) }
        case "CancelledPrompt": return .cancel
        case "Clear": return .clear
        default: return nil
        }
    }

    /// The messages that are left; nil if a line returns to one that comes after it.
    private static func replay(_ effects: [Effect], upTo end: Int) -> [Role]? {
        var messages: [Role] = []
        for (index, effect) in effects.prefix(end).enumerated() {
            switch effect {
            case .add(let role): messages.append(role)
            case .replace(let roles): messages = roles
            case .returnTo(let target):
                guard target >= 0, target <= index, let earlier = replay(effects, upTo: target) else {
                    return nil
                }
                messages = earlier
            case .cancel: if let last = messages.last, last != .assistant { messages.removeLast() }
            case .clear: messages = []
            }
        }
        return messages
    }

    /// The text blocks of a message; nil if one is too long to be compared.
    private static func said(_ content: JSONValue?) -> String? {
        let blocks = content?.elements?.filter { $0["kind"]?.text == "text" } ?? []
        let texts = blocks.compactMap { $0["data"]?.text }
        return texts.count == blocks.count && content != .tooLarge ? texts.joined(separator: "\n") : nil
    }
}
