/// What one file of `chats/` holds once its log was replayed as Gemini does it.
struct GeminiChat: Equatable {
    private(set) var id: String?
    private(set) var projectHash: String?
    private(set) var isSubAgent = false
    private(set) var startedAt: Timestamp?
    private(set) var lastUpdated: Timestamp?
    private(set) var messages: [GeminiMessage] = []
    /// Something stands in the file that Gemini passes over, or that its releases read differently.
    private(set) var isDoubtful = false
    private(set) var isBlank = true
    /// A user's message of the file was the task, also one that was rewound; nil if that cannot be told.
    private(set) var hasTask: Bool? = false

    private var positions: [String: Int] = [:]
    private var task: TaskText?

    /// Deeper than any message.
    private static let deepest = 100
    private static let lineFields: JSONFields = {
        let details = ["sessionId", "projectHash", "kind", "startTime", "lastUpdated"]
        let messages = GeminiMessage.names.map { "messages." + $0 }
        let one = details + messages
        return JSONFields(GeminiMessage.names + one + one.map { "$set." + $0 } + ["$rewindTo"])
    }()

    init(_ path: Path, _ task: TaskText?) throws(Errno) {
        self.task = task
        if path.lastComponent.suffix(6).elementsEqual(Bytes(".jsonl".utf8)) {
            try replay(path)
            if id != nil, projectHash != nil { return }
        }
        // The form of releases before 0.39: one object, written anew each time.
        var whole = GeminiChat(task)
        if try whole.read(path) {
            whole.isDoubtful = whole.isDoubtful || isDoubtful
            self = whole
            return
        }
        id = nil
        isBlank = isBlank && whole.isBlank
        isDoubtful = !isBlank
    }

    private init(_ task: TaskText?) { self.task = task }

    var isSession: Bool { id != nil }
    var isTalk: Bool { messages.contains(where: \.isTalk) }
    var count: Int { messages.count { $0.isUser || $0.isAnswer } }
    var updatedAt: Timestamp? { lastUpdated ?? messages.compactMap(\.timestamp).max() }

    var interrupted: Bool? { messages.last { $0.isUser && $0.isTalk || $0.isAnswer }.map { !$0.isFinished } }

    var firstMessage: Session.FirstMessage {
        // A command is a first message only if it is the task.
        guard
            let first = messages.first(where: {
                $0.isUser && ($0.isTalk || $0.isUnreadable || $0.isTask == true)
            })
        else { return .none }
        return Session.FirstMessage(isTask: first.isTask)
    }

    // MARK: A log

    private mutating func replay(_ path: Path) throws(Errno) {
        let lines = try JSONLines(path)
        while let record = try lines.next(Self.lineFields) {
            isBlank = false
            guard record.isStrictlyValid, record.depth <= Self.deepest, let value = record.value else {
                isDoubtful = true
                continue
            }
            if let id = value["$rewindTo"]?.text {
                rewind(to: id)
            } else if value["id"]?.text != nil {
                add(GeminiMessage(value, task))
            } else if let change = value["$set"], change.members != nil {
                describe(change)
            } else if value["sessionId"]?.text != nil, value["projectHash"]?.text != nil {
                describe(value)
            } else if value["id"] == .tooLarge || value["$set"] == .tooLarge || value.members == nil {
                // Too large, or no object, which Gemini never writes: it may have been a message.
                isDoubtful = true
            }
        }
        if lines.sawNULs { isDoubtful = true }
    }

    /// The message itself goes too. An id that is not there clears everything.
    private mutating func rewind(to id: String) {
        let start = positions[id] ?? 0
        if positions[id] == nil, isTalk { isDoubtful = true }
        for message in messages[start...] { positions[message.id] = nil }
        messages.removeSubrange(start...)
    }

    /// One of the same id takes the other's place.
    private mutating func add(_ message: GeminiMessage) {
        hasTask.formOr(message.isTask)
        if message.isOpaque { isDoubtful = true }
        if let position = positions[message.id] {
            messages[position] = message
        } else {
            positions[message.id] = messages.count
            messages.append(message)
        }
    }

    private mutating func describe(_ value: JSONValue) {
        if let text = value["sessionId"]?.text { id = text.isEmpty ? nil : text }
        if let text = value["projectHash"]?.text { projectHash = text.isEmpty ? nil : text }
        if let kind = value["kind"]?.text { isSubAgent = kind == "subagent" }
        if let time = value["startTime"]?.text.flatMap({ Timestamp($0) }) { startedAt = time }
        if let time = value["lastUpdated"]?.text.flatMap({ Timestamp($0) }) { lastUpdated = time }
        guard let given = value["messages"] else { return }
        guard let elements = given.elements else {
            if given == .tooLarge { isDoubtful = true }
            return
        }
        // Some releases keep the old messages where the new list is empty.
        if elements.isEmpty, isTalk { isDoubtful = true }
        messages = []
        positions = [:]
        for element in elements { add(GeminiMessage(element, task)) }
    }

    /// Why a doubtful file cannot be relied on.
    func failure(at path: Path) -> StoreFailure {
        .damaged(
            path,
            isSession
                ? "it has only lines that the agent skips, and no message"
                : "it does not describe a session, and the agent would delete it",
            nextStep: "look at the file, or pass --fresh"
        )
    }

    // MARK: One object

    /// Whether the file is a whole object that describes a session.
    private mutating func read(_ path: Path) throws(Errno) -> Bool {
        guard let feed = try ByteFeed.document(path) else { return false }
        guard try Self.isPlain(path) else {
            isBlank = false
            return false
        }
        var elements = JSONElements(
            feed,
            array: "messages",
            GeminiMessage.fields,
            members: ["sessionId", "projectHash", "startTime", "lastUpdated", "kind"]
        )
        do {
            isBlank = false
            while let element = try elements.next() { add(GeminiMessage(element, task)) }
        } catch {
            if case .unreadable(let cause) = error { throw cause }
            isBlank = try JSONLines(path).next(.none) == nil
            return false
        }
        describe(.object(elements.members))
        return id != nil
    }

    /// Neither NULs nor a byte order mark around it: no parser of Gemini's takes them.
    private static func isPlain(_ path: Path) throws(Errno) -> Bool {
        let file = try ReadOnlyFile(path)
        let size = Int(try file.status().st_size)
        let start = try file.read(3, at: 0)
        if start.first == 0 || start == [0xef, 0xbb, 0xbf] { return false }
        // White space may follow them.
        return try !file.read(1 << 16, at: max(0, size - 1 << 16)).contains(0)
    }
}
