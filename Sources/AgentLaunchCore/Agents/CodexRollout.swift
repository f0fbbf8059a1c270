/// What one rollout file tells: its first line says whose thread it is, its tail how it stands now.
struct CodexRollout {
    /// Of larger files the messages are not counted.
    private static let countedSize = 256 << 10

    private let lines: JSONLines
    private let file: CodexRolloutFile

    init(_ file: CodexRolloutFile) throws(Errno) {
        self.file = file
        // Lines are short but for the first (22 KB): small chunks make reading backward cheap.
        lines = try JSONLines(file.path, chunkSize: 1 << 13)
    }

    struct Head: Equatable {
        var id: String
        var directory: String?
        var startedAt: Timestamp?
        var isSubAgent: Bool
        /// A fork holds only what came after it; what was said before is in this thread's rollout.
        var parent: String?
    }

    struct Tail: Equatable {
        var directory: String?
        var updatedAt: Timestamp?
        var isInterrupted: Bool?
        var hasMessage = false
    }

    struct Beginning: Equatable {
        var message: CodexUserMessage?
        /// A line before the first message, or all lines where there is none, could not be read.
        var isDamaged = false
        var messages: Int?
    }

    enum FirstLine: Equatable {
        case head(Head)
        /// Codex refuses the id "as missing"; the text says why.
        case refused(String)
    }

    /// The thread's identity is `payload.id`: the `session_id` of a sub-agent is its parent's.
    func firstLine() throws(Errno) -> FirstLine {
        lines.rewind()
        guard
            let record = try lines.next([
                "type", "payload.id", "payload.cwd", "payload.timestamp", "payload.source",
                "payload.thread_source", "payload.history_base.thread_id",
            ])
        else { return .refused("it is empty") }
        guard let line = record.value, !record.padded else {
            return .refused("its first line is cut or damaged")
        }
        let payload = line["payload"]
        guard line["type"]?.text == "session_meta", let id = payload?["id"]?.text, CodexHome.isThreadID(id)
        else {
            return .refused("its first line does not describe a session")
        }
        guard id.lowercased() == file.id else { return .refused("its first line names another id, \(id)") }
        let source = payload?["source"]
        return .head(
            Head(
                id: file.id,
                directory: payload?["cwd"]?.text,
                startedAt: payload?["timestamp"]?.text.flatMap(Timestamp.init),
                isSubAgent: source?.members != nil || source == .tooLarge
                    || payload?["thread_source"]?.text == "subagent",
                parent: payload?["history_base"]?["thread_id"]?.text
            )
        )
    }

    /// Reads backward until the directory and all else is known. Where the directory is not `wanted`, no more
    /// than that is read.
    func tail(_ wanted: (String) -> Bool = { _ in true }) throws(Errno) -> Tail {
        var tail = Tail()
        while let record = try lines.previous(CodexLine.fields) {
            guard let value = record.value else { continue }
            if tail.updatedAt == nil { tail.updatedAt = value["timestamp"]?.text.flatMap(Timestamp.init) }
            var ends: Bool?
            switch CodexLine(value) {
            case .turnContext(let directory?) where tail.directory == nil:
                tail.directory = directory
                if !wanted(directory) { return tail }
            case .user:
                tail.hasMessage = true
                ends = false
            case .assistant(let isLast):
                tail.hasMessage = true
                ends = isLast
            case .turnFinished: ends = true
            case .turnAborted, .working: ends = false
            case .turnContext, .other: break
            }
            if tail.isInterrupted == nil, let ends { tail.isInterrupted = !ends }
            if tail.directory != nil, tail.hasMessage { break }
        }
        return tail
    }

    /// Reads from the head to the first message of the user; a small file is read whole and its messages counted.
    func beginning() throws(Errno) -> Beginning {
        lines.rewind()
        var result = Beginning()
        var count = 0
        let isCounted = lines.size <= Self.countedSize
        while result.message == nil || isCounted, let record = try lines.next(CodexLine.fields) {
            guard let value = record.value else {
                if result.message == nil { result.isDamaged = true }
                continue
            }
            switch CodexLine(value) {
            case .user(let message):
                if result.message == nil { result.message = message }
                count += 1
            case .assistant: count += 1
            default: break
            }
        }
        if isCounted { result.messages = count }
        return result
    }

    /// Whether any message of the user is the task; nil if one of them cannot be read.
    func contains(_ task: TaskText) throws(Errno) -> Bool? {
        lines.rewind()
        var isCertain = true
        while let record = try lines.next(CodexLine.fields) {
            guard let value = record.value else {
                // Of a line that was cut off when it was written nobody was given anything.
                if record.terminated { isCertain = false }
                continue
            }
            guard case .user(let message) = CodexLine(value) else { continue }
            switch message.gives(task) {
            case true?: return true
            case nil: isCertain = false
            case false?: break
            }
        }
        return isCertain ? false : nil
    }
}
