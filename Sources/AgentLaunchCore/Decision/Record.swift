/// What agentlaunch remembers of one conversation: a hint, the agent's store is the truth.
///
/// Kept as `record.json` in the conversation's own directory. It holds no prompt, only digests and lengths.
struct Record: Equatable, Sendable {
    enum Origin: String, Sendable {
        case fresh, derived, legacy, adopted, captured, requested
    }

    /// One prompt that was given to the conversation.
    struct Prompt: Equatable, Sendable {
        enum State: String, Sendable {
            /// Written before the agent is started.
            case given
            /// Seen in the agent's store.
            case delivered
        }

        /// SHA-256 of the trimmed task, without what `--report-tasks` puts in front.
        var sha256: String
        var bytes: Int
        var at: Timestamp
        var how: String
        var state: State
    }

    var agent: String
    var workdir: Path
    var name: String
    /// Nil until the agent has chosen it.
    var sessionID: String?
    /// For agents that take a name at creation.
    var sessionName: String?
    var origin: Origin
    /// The store's root at the last start: if it is elsewhere or gone, a volume may be missing.
    var store: Path
    /// When the conversation was started here for the first time.
    var startedAt: Timestamp
    var prompts: [Prompt] = []
    /// The session was made for a prompt that has yet to be given: where the store cannot tell that nothing was said.
    var owesPrompt = false
    /// Sessions of this conversation that the agent has left for the one that counts now (`/clear`, `/new`).
    var earlier: [String] = []
    /// The session whose chat agentapi's state file holds; nil: this one, whose id is not known yet.
    var stateSession: String?
    /// Where that file is.
    var stateFile: Path?
    var moduleDirectory: Path?

    /// The agent was started, and whether it made a session is not known.
    var hasNoSession: Bool { sessionID == nil && sessionName == nil }

    /// Whether this is the conversation that was recorded, as far as its id was learnt.
    func isAbout(_ session: Session) -> Bool {
        if let sessionID { return sessionID == session.id }
        if let sessionName { return sessionName == session.name }
        return session.startedAt.map { $0 >= startedAt } ?? false
    }

    var wasDelivered: Bool { prompts.contains { $0.state == .delivered } }

    func holds(_ sha256: String) -> Prompt? { prompts.last { $0.sha256 == sha256 } }

    /// What a new conversation's number must not reuse.
    var tokens: Set<String> { Set([sessionID, sessionName].compactMap(\.self) + earlier) }

    /// Whether the session is, or was, this conversation's.
    func owns(_ id: String) -> Bool { sessionID == id || earlier.contains(id) }

    private static let mostEarlier = 50

    /// The agent goes on with another session. Its chat, if agentapi keeps one of this run, goes with it.
    mutating func move(to id: String, withChat: Bool) {
        earlier.removeAll { $0 == id }
        if let sessionID { earlier = (earlier + [sessionID]).suffix(Self.mostEarlier) }
        if stateFile != nil { stateSession = withChat ? id : stateSession ?? sessionID }
        sessionID = id
        if origin != .fresh { origin = .captured }
    }
}

/// How reading a record went.
enum RecordState: Equatable, Sendable {
    case absent
    case present(Record)
    /// It is there and cannot be used.
    case damaged(StoreFailure)

    var record: Record? {
        if case .present(let record) = self { record } else { nil }
    }
}

extension Record {
    /// Whose chat is at `stateFile`. A claim without a session is the record's own one, whose id came later.
    var stateToken: String? { stateSession ?? sessionID ?? sessionName }
}

extension Record.Prompt {
    static func given(_ task: TaskText, at time: Timestamp, how: PromptRoute) -> Record.Prompt {
        Record.Prompt(
            sha256: task.sha256,
            bytes: task.bytes.count,
            at: time,
            how: how.name,
            state: .given
        )
    }
}
