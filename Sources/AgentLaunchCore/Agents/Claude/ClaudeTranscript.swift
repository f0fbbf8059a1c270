/// What one transcript holds: read whole if it is small, else from its head and its tail.
struct ClaudeTranscript: Equatable {
    private(set) var state = Session.State.dead
    /// Where the agent was started: the first directory that two lines name and whose transcripts lie in this
    /// folder. Others are places that it went to later.
    private(set) var directory: Path?
    private(set) var messages: Int?
    private(set) var startedAt: Timestamp?
    private(set) var updatedAt: Timestamp?
    private(set) var interrupted: Bool?
    private(set) var firstMessage = Session.FirstMessage.none
    /// A line that may be a message is such that the agent's parser may or may not take it.
    private(set) var isDoubtful = false

    private let task: TaskText?
    private let folder: String
    private var hasFirstMessage = false
    private let workdir: Path
    private var mentioned: [Path] = []
    private var isDirectoryCertain = false
    private var lastAnswer: String?

    /// Parsers that recurse give up somewhere beyond.
    private static let deepest = 100
    /// How far the directory is looked for if the first line that names one is odd.
    private static let headReach = 8 << 20
    /// How far back the end of the last turn is looked for.
    private static let tailReach = 32 << 20

    init(_ path: Path, _ query: StoreQuery, whole: Bool) throws(Errno) {
        task = query.task
        workdir = query.workdir
        folder = path.parent.lastComponent.lossyText
        let lines = try JSONLines(path)
        var count = 0
        while whole || !hasFirstMessage || !isDirectoryCertain && lines.head < Self.headReach,
            let record = try lines.next(ClaudeLine.fields)
        {
            guard let line = Self.line(record) else {
                isDoubtful = isDoubtful || mayBeTaken(record)
                continue
            }
            observe(line, &count)
            if whole { observeLatest(line) }
        }
        if whole || lines.head >= lines.size { messages = count }
        if !whole { try readTail(lines) }
    }

    /// Whether a user message of the file is this text; nil if that cannot be told.
    static func matches(_ path: Path, _ task: TaskText) -> Bool? {
        try? JSONLines(path).contains(ClaudeLine.fields) { record in
            line(record).map { $0.matches(task) } ?? false
        }
    }

    /// The agent parses each line by itself and strictly; those it cannot parse it leaves out.
    private static func line(_ record: JSONRecord) -> ClaudeLine? {
        record.isStrictlyValid && record.depth <= deepest ? record.value.map(ClaudeLine.init) : nil
    }

    private func mayBeTaken(_ record: JSONRecord) -> Bool {
        record.depth > Self.deepest || record.value.map(ClaudeLine.init)?.isConversation == true
    }

    private mutating func observe(_ line: ClaudeLine, _ count: inout Int) {
        if startedAt == nil { startedAt = line.timestamp }
        if let named = line.directory { observe(named) }
        if line.isConversation, state == .dead { state = .empty }
        if line.isMessage {
            state = .resumable
            if line.isAssistant {
                if line.answer == nil || line.answer != lastAnswer { count += 1 }
                lastAnswer = line.answer
            } else if line.isTyped {
                count += 1
            }
        }
        // A slash command is a first message only if it is the task.
        guard !hasFirstMessage, line.isUser, line.isConversation else { return }
        let given = task.flatMap(line.matches)
        guard line.isTyped || given == true else { return }
        hasFirstMessage = true
        firstMessage = Session.FirstMessage(isTask: given)
    }

    private mutating func observe(_ named: Path) {
        if directory == nil { directory = named }
        guard !isDirectoryCertain, mentioned.count < 16, ClaudeDirectories.names(named).contains(folder)
        else {
            return
        }
        // One line alone may be damaged.
        isDirectoryCertain = mentioned.contains(named)
        mentioned.append(named)
        directory = isDirectoryCertain ? named : mentioned.contains(workdir) ? workdir : mentioned[0]
    }

    private mutating func observeLatest(_ line: ClaudeLine) {
        if let time = line.timestamp { updatedAt = max(updatedAt ?? time, time) }
        if line.isMessage { interrupted = !line.isFinishedAnswer }
    }

    private mutating func readTail(_ lines: JSONLines) throws(Errno) {
        while interrupted == nil || updatedAt == nil, lines.size - lines.tail < Self.tailReach,
            let record = try lines.previous(ClaudeLine.fields)
        {
            if let line = Self.line(record) { observeLatest(line) }
        }
    }
}
