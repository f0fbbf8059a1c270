import Glibc

/// agentapi's files around one run: in order before it starts, and again when it has been reaped.
final class AgentAPIFiles: LaunchObserver {
    private let pidFile: PidFile?
    private let state: StateArrangement?
    /// Others may name the same state file.
    private var lock: FileLock?
    private var pid: Int32?

    /// Arranges the files, with what agentlaunch remembers of them below `root`. Called under the conversation's lock, just before the start.
    init(
        _ server: AgentAPI.Server,
        _ state: StateDecision?,
        root: Path,
        _ diagnostics: Diagnostics
    ) throws(LaunchError) {
        pidFile = server.pidFile.map { PidFile(path: $0, root: root) }
        self.state = state.map {
            StateArrangement(decision: $0, root: root, warn: { diagnostics.warn($0) })
        }
        lock = try self.state?.arrange()
    }

    /// What the record has to say while agentapi runs.
    func claim(_ record: inout Record) { state?.claim(&record) }

    /// After the run, and after a start that failed.
    func cleanUp() {
        state?.settle()
        if let pid { pidFile?.removeIfHolds(pid) }
    }

    /// What would keep agentapi from running is found before anything is changed.
    static func check(_ server: AgentAPI.Server, root: Path) throws(LaunchError) {
        if let path = server.pidFile { try PidFile(path: path, root: root).makeWay() }
        try Port(number: server.port, root: root).check()
    }

    // MARK: The run

    var interests: [pollfd] { [] }
    var deadline: Int64? { nil }
    func started(pid: Int32) { self.pid = pid }
    func wake() {}
    func ended() {}
}

extension ConversationFiles {
    /// What is to be done about agentapi's state file, and whether it is loaded; nil where none is kept.
    func stateDecision(
        for decision: Decision,
        _ context: StartContext,
        route: PromptRoute?,
        record: Record?,
        agentAPI setup: AgentAPISetup
    ) -> StateDecision? {
        guard context.request.statePersistence, setup.program.can(.state) else { return nil }
        let path = AgentAPI.stateFile(context.environment, folder: setup.folder, workdir: workdir)
        let situation = StateSituation(
            file: StateFile(path, workdir: workdir, conversation: directory),
            agent: agent,
            record: record,
            claims: StateClaim.others(than: directory, root: state.root),
            isRecorded: context.agent.keepsConversations,
            sendsMessage: route == .message
        )
        return situation.decide(decision)
    }

    /// An agentapi or agent that lost its launcher still writes to the session. Called under the lock.
    ///
    /// - Parameter timeout: how long it gets to end, in milliseconds.
    func endPredecessor(timeout: Int, _ diagnostics: Diagnostics) throws(LaunchError) {
        guard let run = runFile.read() else { return }
        try Predecessor.end(run: run, timeout: timeout) { diagnostics.notice($0) }
    }
}
