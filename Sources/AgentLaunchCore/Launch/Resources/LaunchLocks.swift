/// One launcher for a conversation, and one for a session id: locks that are held for life.
struct LaunchLocks {
    let conversation: ConversationFiles
    let diagnostics: Diagnostics

    func takeConversation() throws(LaunchError) -> FileLock? {
        try take(conversation.directory / StateDirectory.lock)
    }

    func takeSession(_ id: String) throws(LaunchError) -> FileLock? {
        try take(conversation.state.sessionLock(agent: conversation.agent, id: id))
    }

    private func take(_ path: Path) throws(LaunchError) -> FileLock? {
        var failure: Errno?
        for place in LockPlaces(path, conversation.environment).paths {
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
            throw conversation.alreadyRunning(holder)
        }
        let why = failure.map(\.description) ?? ""
        diagnostics.warn(
            Warning("no-lock", "\(path): \(why); a second start of this conversation would go unnoticed")
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
        guard let id = plan.decision.start?.reference.id, id != self.id else { return }
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
