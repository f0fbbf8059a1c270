/// What the conversations beside this one, and their launchers, hold.
extension ConversationFiles {
    /// The records of this agent's other conversations.
    var others: [Record] { RecordFile.records(of: otherConversations(of: Bytes(agent.utf8))) }

    func otherConversations(of agent: Bytes? = nil) -> [Path] {
        StateDirectory.conversations(in: state.root, of: agent).filter { $0 != directory }
    }

    /// Those of this directory that run now and have yet to learn their session's id.
    func awaitingID(_ others: [Record]) -> [Record] {
        others.filter { other in
            guard other.sessionID == nil, other.workdir == workdir else { return false }
            let folder = state.conversation(agent: agent, name: other.name, workdir: workdir)
            return LockPlaces(folder / StateDirectory.lock, environment).holder != nil
        }
    }

    /// Whether a new session belongs to another conversation: by its record, because another launcher runs it, or
    /// possibly, because another one has yet to learn its session's id.
    func mayBelongToOther(_ id: String) -> Bool {
        belongsToOther(id) || !awaitingID(others).isEmpty
    }

    /// Whether a session is another conversation's for certain: by its record, or because another launcher runs it.
    func belongsToOther(_ id: String) -> Bool {
        others.contains { $0.owns(id) } || launcher(ofSession: id) != nil
    }

    /// Whoever runs the conversation, or the session under another name, now. Takes no lock.
    func launcher(of session: Session?) -> Int32? {
        LockPlaces(directory / StateDirectory.lock, environment).holder
            ?? session.flatMap { launcher(ofSession: $0.id) }
    }

    private func launcher(ofSession id: String) -> Int32? {
        LockPlaces(state.sessionLock(agent: agent, id: id), environment).holder
    }

    func alreadyRunning(_ pid: Int32?) -> LaunchError {
        let who = pid.map { "pid \($0)" } ?? "another process"
        let run = runFile.read()
        let port = run?.launcher.pid == pid ? run?.port : nil
        let chat = port.map { "; chat at http://localhost:\($0)" } ?? ""
        return LaunchError(
            .alreadyRunning,
            "\(agent) in \(workdir)",
            "conversation \(name) is already running, \(who)",
            "see agentlaunch status, or stop it\(chat); for another conversation use --session NAME --port N"
        )
    }
}
