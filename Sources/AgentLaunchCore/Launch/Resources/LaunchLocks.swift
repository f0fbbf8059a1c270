/// One launcher for a conversation, and one for a session id: locks that are held for life.
struct LaunchLocks {
    private let preparation: Preparation
    private let diagnostics: Diagnostics

    init(_ preparation: Preparation, _ diagnostics: Diagnostics) {
        self.preparation = preparation
        self.diagnostics = diagnostics
    }

    func takeConversation() throws(LaunchError) -> FileLock? {
        try take(preparation.conversation / StateDirectory.lock)
    }

    func takeSession(_ id: String) throws(LaunchError) -> FileLock? {
        try take(preparation.state.sessionLock(agent: preparation.agent.name, id: id))
    }

    /// Whoever runs the conversation, or the session under another name, now. Takes no lock.
    func holder(of session: Session?) -> Int32? {
        let environment = preparation.processContext.environment
        let own = LockPlaces(preparation.conversation / StateDirectory.lock, environment).holder
        guard own == nil, let session else { return own }
        let path = preparation.state.sessionLock(agent: preparation.agent.name, id: session.id)
        return LockPlaces(path, environment).holder
    }

    private func take(_ path: Path) throws(LaunchError) -> FileLock? {
        var failure: Errno?
        for place in LockPlaces(path, preparation.processContext.environment).paths {
            var holder: Int32?
            do throws(Errno) {
                try makeDirectories(place.parent, mode: 0o700)
                switch try FileLock.take(place) {
                case .held(let lock): return lock
                case .taken(let pid): holder = pid
                }
            } catch {
                failure = failure ?? error
                continue
            }
            throw preparation.alreadyRunning(holder)
        }
        let why = failure.map(\.description) ?? ""
        diagnostics.warn(
            Warning("no-lock", "\(path): \(why); a second start of this conversation would not be noticed")
        )
        return nil
    }
}

/// The lock of the session that this launcher runs: taken when its id is known, held for life, and changed for
/// another one's when the conversation goes on under that.
final class HeldSession {
    private let locks: LaunchLocks
    private var id: String?
    private var lock: FileLock?

    init(_ locks: LaunchLocks) { self.locks = locks }

    /// Fails where another launcher runs the session; holds nothing where the agent has yet to choose the id.
    func take(_ plan: LaunchPlan) throws(LaunchError) {
        var id = plan.decision.session?.id
        if case .cold(let new) = plan.decision.start { id = new.id }
        guard let id, id != self.id else { return }
        lock = try locks.takeSession(id)
        self.id = id
    }

    /// One that is taken already is no reason to stop an agent that runs.
    func change(to id: String?) {
        guard let id, id != self.id else { return }
        self.id = id
        lock = (try? locks.takeSession(id)) ?? nil
    }

    func release() { lock = nil }
}

extension Preparation {
    /// The records of this agent's other conversations.
    var others: [Record] { RecordFile.records(of: otherConversations(of: Bytes(self.agent.name.utf8))) }

    func otherConversations(of agent: Bytes? = nil) -> [Path] {
        StateDirectory.conversations(in: state.root, of: agent).filter { $0 != conversation }
    }

    /// Those of this directory that run now and have yet to learn their session's id.
    func beginning(_ others: [Record]) -> [Record] {
        others.filter { other in
            guard other.sessionID == nil, other.workdir == self.workdir else { return false }
            let folder = state.conversation(agent: self.agent.name, name: other.name, workdir: self.workdir)
            return LockPlaces(folder / StateDirectory.lock, processContext.environment).holder != nil
        }
    }

    /// Whether a new session belongs to another conversation: by its record, because another launcher runs it, or
    /// possibly, because another one has yet to learn its session's id.
    func belongsToOtherConversation(_ id: String) -> Bool {
        isHeldElsewhere(id) || !beginning(others).isEmpty
    }

    /// Whether a session is another conversation's for certain: by its record, or because another launcher runs it.
    func isHeldElsewhere(_ id: String) -> Bool {
        others.contains { $0.owns(id) }
            || LockPlaces(state.sessionLock(agent: self.agent.name, id: id), processContext.environment)
                .holder
                != nil
    }

    func alreadyRunning(_ pid: Int32?) -> LaunchError {
        let who = pid.map { "pid \($0)" } ?? "another process"
        let run = RunFile(conversation: conversation).read()
        let port = run?.launcher.pid == pid ? run?.port : nil
        let chat = port.map { "; chat at http://localhost:\($0)" } ?? ""
        return LaunchError(
            .alreadyRunning,
            "\(self.agent.name) in \(self.workdir)",
            "conversation \(self.request.sessionName) is already running, \(who)",
            "see agentlaunch status, or stop it\(chat); another conversation: --session NAME --port N"
        )
    }
}
