import Glibc

/// Follows the store while the agent runs: learns the id of a new session, and sees the prompt arrive. Both go into
/// the record. Done, it wakes up only when the agent goes over to another conversation, which goes there too.
final class ConversationWatcher: LaunchObserver {
    private static let afterChange: Int64 = 200
    private static let rescan: Int64 = 3000

    private let agent: Agent
    private var query: StoreQuery
    private(set) var record: Record
    /// A new session may be another conversation's, whose launcher has yet to learn its id.
    private let mayBelongToOther: (String) -> Bool
    private let write: (Record) -> Void
    /// Told when the store shows the prompt.
    var onPrompt: () -> Void = {}
    /// The task whose arrival is still to be seen.
    private var awaited: TaskText?
    private let startedAt: Timestamp
    /// There as long as something is awaited: a user has few of them, 128 as a rule.
    private var inotify: Inotify?
    private var due: Int64?
    /// Something has changed since the last look.
    private var hasNews = true
    /// The kernel tells of every change; else this looks from time to time.
    private var seesAll = false
    private var follower: ConversationFollower?
    /// Whether agentapi keeps a chat of this run.
    private let keepsChat: Bool
    /// A store that is slow to read is not read at every change.
    private var pause = afterChange

    var interests: [pollfd] {
        let signs = follower?.interests ?? []
        guard !isDone, let inotify else { return signs }
        return [pollfd(fd: inotify.descriptor, events: Int16(POLLIN), revents: 0)] + signs
    }

    var deadline: Int64? { [due, follower?.deadline].compactMap(\.self).min() }

    init(
        _ agent: Agent,
        _ query: StoreQuery,
        _ record: Record,
        awaiting task: TaskText?,
        startedAt: Timestamp,
        keepsChat: Bool,
        mayBelongToOther: @escaping (String) -> Bool,
        belongsToOther: @escaping (String) -> Bool,
        write: @escaping (Record) -> Void
    ) {
        self.agent = agent
        self.query = query
        // Here the terminal is waiting; what is busy now is looked at again.
        self.query.patience = 100
        self.record = record
        self.mayBelongToOther = mayBelongToOther
        self.write = write
        self.startedAt = startedAt
        self.keepsChat = keepsChat
        awaited = task
        follower = ConversationFollower(
            agent,
            query,
            current: record.sessionID,
            belongsToOther: belongsToOther
        ) {
            [unowned self] in moved(to: $0)
        }
    }

    private var isDone: Bool { awaited == nil && record.sessionID != nil }

    func started(pid: Int32) {
        inotify = isDone ? nil : Inotify()
        seesAll = inotify?.watchOnly(agent.store(query).watched) == true
        due = isDone ? nil : monotonicMilliseconds() + pause
        follower?.started()
    }

    func wake() {
        wakeItself()
        follower?.wake()
    }

    private func wakeItself() {
        let now = monotonicMilliseconds()
        if inotify?.drain() == true {
            hasNews = true
            due = min(due ?? .max, now + pause)
        }
        guard let due, due <= now else { return }
        let wasNews = hasNews
        hasNews = false
        look()
        pause = max(Self.afterChange, min(30_000, (monotonicMilliseconds() - now) * 10))
        // Once more after a change: what could not be read may be readable then. After that only a change matters.
        let isFinished = isDone || seesAll && !wasNews
        if isDone { inotify = nil }
        self.due = isFinished ? nil : monotonicMilliseconds() + max(pause, Self.rescan)
    }

    func ended() {
        if !isDone { look() }
        follower?.ended()
    }

    /// The agent goes on with another conversation. What the one before it was given stays given.
    private func moved(to session: Session) {
        if !isDone { look() }
        record.move(to: session.id, withChat: keepsChat)
        write(record)
    }

    // MARK: What others see and do

    func promptArrivedInChat() {
        guard let task = awaited else { return }
        arrived(task)
        write(record)
    }

    /// Just before it is sent; the record says so whatever happens then.
    func recordSending(at time: Timestamp, how: PromptRoute) {
        guard let task = awaited else { return }
        record.owesPrompt = false
        record.prompts.append(.given(task, at: time, how: how))
        write(record)
    }

    /// It was not sent after all: a later start may give it.
    func promptWasNotSent() {
        guard let task = awaited else { return }
        record.prompts.removeAll { $0.sha256 == task.sha256 && $0.state == .given }
        record.owesPrompt = agent.pinsThread && !record.wasDelivered
        write(record)
    }

    /// A person was told to type it, and has sent something that nothing here shows.
    func promptIsLeftToPerson() {
        guard record.owesPrompt else { return }
        record.owesPrompt = false
        write(record)
    }

    private func look() {
        let before = record
        let store = agent.store(query)
        seesAll = inotify?.watchOnly(store.watched) == true
        var findings = Findings()
        if record.sessionID == nil, let id = newID(store, &findings) {
            record.sessionID = id
            // Of several possible stores the one is known now.
            record.store = store.root
            if case .found(let session) = store.find(id, &findings) {
                record.store = store.place(of: session)
            }
            if record.stateFile != nil { record.stateSession = record.stateSession ?? id }
            if record.sessionName == nil, record.origin != .fresh { record.origin = .captured }
        }
        if let task = awaited, let id = record.sessionID,
            case .found(let session) = store.find(id, &findings),
            session.firstMessage == .isTask || store.contains(task, in: session) == true
        {
            arrived(task)
            onPrompt()
        }
        if record != before { write(record) }
        if let id = record.sessionID { follower?.identified(id) }
    }

    private func arrived(_ task: TaskText) {
        awaited = nil
        record.owesPrompt = false
        if let index = record.prompts.lastIndex(where: { $0.sha256 == task.sha256 }) {
            record.prompts[index].state = .delivered
        }
    }

    /// The session that a process of the agent has open; else the only new one of this directory.
    private func newID(
        _ store: any ConversationReader & ConversationTracker,
        _ findings: inout Findings
    ) -> String? {
        if let name = record.sessionName {
            let derivation = store.derived(&findings)
            return [derivation.resumable, derivation.empty].compactMap(\.self).first { $0.name == name }?.id
        }
        // Agents read their older sessions too, to list them.
        let open = Descendants.pids().flatMap { openFiles(of: $0, forWriting: true) }
            .compactMap { store.sessionID(openFile: $0) }
        // Ids that agents choose begin with the time: the greatest is the newest.
        if let newest = open.filter(agent.isSessionID).max() { return newest }
        let fresh = store.candidates(&findings).sessions.filter { session in
            guard let start = session.startedAt, start >= startedAt, session.directory == query.workdir else {
                return false
            }
            // One that began with something else than our task is not ours, unless a person was quicker than the
            // typing and our task came second.
            if let task = awaited, session.firstMessage == .isOther,
                store.contains(task, in: session) != true
            {
                return false
            }
            return !mayBelongToOther(session.id)
        }
        return fresh.count == 1 ? fresh[0].id : nil
    }
}
