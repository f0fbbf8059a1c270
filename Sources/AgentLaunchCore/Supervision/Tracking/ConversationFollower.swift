import Glibc

/// Notices that the agent has gone over to another conversation while it runs: `/clear`, `/new`, `/resume` typed into
/// it. Known by a sign of the agent's own, never by what a store looks like: the process that had our conversation
/// open has another one open.
///
/// A conversation in which nothing was said yet cannot be resumed, so the one before it counts until then.
final class ConversationFollower {
    private static let shortest: Int64 = 200
    private static let longest: Int64 = 30_000

    private let agent: Agent
    private var query: StoreQuery
    /// Whether it is another name's.
    private let belongsToOther: (String) -> Bool
    private let pids: () -> [Int32]
    private let onMove: (Session) -> Void
    /// The one that counts; nil until its id is known.
    private(set) var current: String?
    /// The agent: of all processes below this one, the one that has our conversation open.
    private(set) var process: ProcessIdentity?
    /// What it has open: nothing at all between two, and when it ends.
    private var open: Set<String> = []
    private var lastOpen: Set<String> = []
    /// Those it came from, which it may still have open.
    private var left: Set<String> = []

    private let signs: Inotify?
    /// Messages in what is pending; there only as long as something is.
    private var messages: Inotify?
    private(set) var deadline: Int64?
    private var quietUntil: Int64 = 0
    /// A sign may come before what it is a sign of: a folder before the lock in it. So it is looked again, less and less
    /// often: a few times, or for some minutes while nothing shows which conversation the agent has open.
    private var retry = shortest
    private static let lastRetry: Int64 = 1000
    private static let lastSearch: Int64 = 60_000

    init(
        _ agent: Agent,
        _ query: StoreQuery,
        current: String?,
        belongsToOther: @escaping (String) -> Bool,
        pids: @escaping () -> [Int32] = Descendants.pids,
        onMove: @escaping (Session) -> Void
    ) {
        self.agent = agent
        self.query = query
        // Another conversation has nothing to do with the task.
        self.query.task = nil
        self.query.patience = 100
        self.current = current
        self.belongsToOther = belongsToOther
        self.pids = pids
        self.onMove = onMove
        signs = agent.store(query).switchMarkers.isEmpty ? nil : Inotify(Inotify.files)
    }

    var interests: [pollfd] {
        [signs, messages].compactMap(\.self).map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
    }

    func started() {
        guard let signs else { return }
        signs.watchOnly(agent.store(query).switchMarkers)
        deadline = monotonicMilliseconds() + Self.shortest
    }

    /// The id of a new conversation was learnt elsewhere.
    func identified(_ id: String) {
        guard current == nil, signs != nil else { return }
        current = id
        deadline = monotonicMilliseconds()
    }

    func wake() {
        let hasSign = signs?.drain() == true
        let hasMessage = messages?.drain() == true
        let now = monotonicMilliseconds()
        if hasSign { retry = Self.shortest }
        if hasSign || hasMessage { deadline = min(deadline ?? .max, max(now, quietUntil)) }
        guard let due = deadline, due <= now else { return }
        deadline = nil
        look()
        let end = monotonicMilliseconds()
        quietUntil = end + max(Self.shortest, min(Self.longest, (end - now) * 10))
        let isSearching = process == nil || open.isEmpty
        guard current != nil, retry < (isSearching ? Self.lastSearch : Self.lastRetry) else { return }
        deadline = max(quietUntil, end + retry)
        retry *= 2
    }

    /// The agent has gone, and its locks and its entry with it; what was said last may not have been seen yet.
    func ended() {
        open = lastOpen
        follow()
    }

    // MARK: What the agent has open

    private func look() {
        let store = agent.store(query)
        signs?.watchOnly(store.switchMarkers)
        guard let current else { return }
        if process?.isAlive != true { process = find(current, store) }
        guard let process else {
            open = []
            return
        }
        let open = store.sessionsOpen(inProcess: process.pid)
        self.open = open
        if !open.isEmpty { lastOpen = open }
        follow()
        watchMessages()
    }

    /// The oldest, as its tools may read its files too.
    private func find(_ id: String, _ store: any ConversationTracker) -> ProcessIdentity? {
        pids().filter { store.sessionsOpen(inProcess: $0).contains(id) }.compactMap { ProcessIdentity($0) }
            .min { ($0.startTicks, $0.pid) < ($1.startTicks, $1.pid) }
    }

    private func watchMessages() {
        // Where it came from is looked at only with the next sign: what it writes now would wake this up all day.
        let pending = open.subtracting(left.union([current ?? ""]))
        guard !pending.isEmpty else {
            messages = nil
            return
        }
        messages = messages ?? Inotify()
        var wanted = query
        wanted.recorded.formUnion(pending)
        messages?.watch(agent.store(wanted).watched)
    }

    // MARK: Which one counts

    /// Of several that it has open the one in which something has happened last.
    private func follow() {
        guard let current else { return }
        let store = agent.store(query)
        let others = open.subtracting([current]).compactMap { session($0, store) }
        guard let newest = others.min(by: newestFirst) else { return }
        if open.contains(current), let own = session(current, store), !newestFirst(newest, own) { return }
        guard !belongsToOther(newest.id) else { return }
        left.insert(current)
        left.remove(newest.id)
        self.current = newest.id
        onMove(newest)
    }

    /// Nil unless it can be resumed here.
    private func session(_ id: String, _ store: any ConversationReader) -> Session? {
        var findings = Findings()
        guard agent.isSessionID(id), case .found(let session) = store.find(id, &findings),
            session.state == .resumable, session.origin == .user
        else { return nil }
        guard agent.otherDirectoryProblem != nil, let directory = session.directory else { return session }
        return WorkdirMatcher(query).isHere(directory) ? session : nil
    }
}
