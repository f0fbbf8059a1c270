/// One launcher for a conversation, and one for a session id: locks that are held for life.
struct LaunchLocks {
    static let name = "lock"

    private let preparation: Preparation
    private let diagnostics: Diagnostics

    init(_ preparation: Preparation, _ diagnostics: Diagnostics) {
        self.preparation = preparation
        self.diagnostics = diagnostics
    }

    func takeConversation() throws(LaunchError) -> FileLock? {
        try take(preparation.conversation / Self.name)
    }

    /// Nil where the agent has yet to choose the id.
    func takeSession(_ plan: LaunchPlan) throws(LaunchError) -> FileLock? {
        var id = plan.decision.session?.id
        if case .cold(let new) = plan.decision.start { id = new.id }
        guard let id else { return nil }
        return try take(preparation.state.sessionLock(agent: plan.agent.name, id: id))
    }

    private func take(_ path: Path) throws(LaunchError) -> FileLock? {
        var places = [path]
        if let runtime = preparation.surroundings.environment.given("XDG_RUNTIME_DIR") {
            let name = "agentlaunch-\(SHA256.hex(path.bytes).prefix(32)).lock"
            places.append(Path(bytes: runtime) / name)
        }
        var failure: Errno?
        for place in places {
            var holder: Int32?
            do throws(Errno) {
                try makeFolders(place.parent, mode: 0o700)
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

extension Preparation {
    func alreadyRunning(_ pid: Int32?) -> LaunchError {
        let who = pid.map { "pid \($0)" } ?? "another process"
        return LaunchError(
            .alreadyRunning,
            "\(agent.name) in \(workdir)",
            "conversation \(request.sessionName) is already running, \(who)",
            "wait for it or stop it; another conversation: --session NAME --port N"
        )
    }
}
