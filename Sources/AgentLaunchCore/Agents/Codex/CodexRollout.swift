/// What one rollout file tells: its first line says whose thread it is, its tail how it stands now.
struct CodexRollout {
    /// Of larger files the messages are not counted.
    private static let countedSize = 256 << 10
    /// A longer line is not looked at byte by byte.
    private static let checkedSize = 8 << 20
    /// More brackets open at once are too many for Codex: measured with 0.163, 127 pass and 128 do not.
    private static let deepestLine = 127

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
                "timestamp", "type", "payload.id", "payload.cwd", "payload.timestamp", "payload.originator",
                "payload.cli_version", "payload.source", "payload.thread_source",
                "payload.history_base.thread_id",
            ])
        else { return .refused("it is empty") }
        guard let line = record.value, try isStrict(record) else {
            return .refused("its first line is cut off or damaged")
        }
        let payload = line["payload"]
        guard line["type"]?.text == "session_meta", let id = payload?["id"]?.text, CodexHome.isThreadID(id)
        else {
            return .refused("its first line does not describe a session")
        }
        let required =
            [line["timestamp"]] + ["timestamp", "cwd", "originator", "cli_version"].map { payload?[$0] }
        guard required.allSatisfy({ $0?.text != nil }) else {
            return .refused("its first line lacks fields that Codex requires")
        }
        guard id.lowercased() == file.id else { return .refused("its first line has another ID, \(id)") }
        let source = payload?["source"]
        // It may be missing, or a word that Codex does not know; what is neither word nor object is refused.
        guard source?.text != nil || source?.members != nil || source == nil || source == .tooLarge else {
            return .refused("the source in its first line is neither a word nor an object")
        }
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

    /// Codex refuses a file whose first line it cannot read, or which has more than white space in front of it.
    private func isStrict(_ record: JSONRecord) throws(Errno) -> Bool {
        guard lines.head <= Self.checkedSize else { return true }
        let space = try ReadOnlyFile(file.path).read(record.offset, at: 0)
        guard space.allSatisfy({ $0 == 0x20 || 0x09...0x0d ~= $0 }) else { return false }
        return try isRead(record, upTo: lines.head)
    }

    /// Whether Codex reads a valid line that ends before this offset: only UTF-8 without a lone surrogate, without
    /// NULs and of bounded depth. (Measured with 0.163; but for the first it skips the lines that it cannot read.)
    private func isRead(_ record: JSONRecord, upTo end: Int) throws(Errno) -> Bool {
        guard !record.padded, record.depth <= Self.deepestLine else { return false }
        guard end - record.offset <= Self.checkedSize else { return true }
        let bytes = try ReadOnlyFile(file.path).read(end - record.offset, at: record.offset)
        return bytes.text != nil && !hasLoneSurrogate(bytes)
    }

    /// Reads backward until the directory and all else is known. Where the directory is not `wanted`, no more
    /// than that is read.
    func tail(_ wanted: (String) -> Bool = { _ in true }) throws(Errno) -> Tail {
        var tail = Tail()
        while true {
            let end = lines.tail
            guard let record = try lines.previous(CodexLine.fields) else { break }
            guard let value = record.value else { continue }
            if tail.updatedAt == nil { tail.updatedAt = value["timestamp"]?.text.flatMap(Timestamp.init) }
            var ends: Bool?
            switch CodexLine(value) {
            case .turnContext(let directory?) where tail.directory == nil:
                // Where Codex skips the line, the turn before it says where the thread is.
                guard try isRead(record, upTo: end) else { continue }
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
        return try lines.contains(CodexLine.fields) { record in
            // Of a line that was cut off when it was written nobody was given anything.
            guard let value = record.value else { return record.terminated ? nil : false }
            guard case .user(let message) = CodexLine(value) else { return false }
            return message.matches(task)
        }
    }
}
