import Glibc

/// agentapi's files around one run: in order before it starts, and again when it has been reaped.
final class AgentAPIFiles: LaunchObserver {
    private let pidFile: PidFile?
    private let state: StateArrangement?
    /// Others may name the same state file.
    private var lock: FileLock?
    private var pid: Int32?

    /// Arranges the files; nil for a direct start. Called under the conversation's lock, just before the start.
    init?(_ start: PlannedStart, _ diagnostics: Diagnostics) throws(LaunchError) {
        guard let server = start.plan.server else { return nil }
        let root = start.conversation.state.root
        pidFile = server.pidFile.map { PidFile(path: $0, root: root) }
        state = start.state.map {
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

    var deadline: Int64? { nil }
    func started(pid: Int32) { self.pid = pid }
    func wake() {}
    func ended() {}
}

extension ConversationFiles {
    /// agentapi with where its files go, and what is to be done about its state file; nil where none is kept.
    func agentAPI(
        _ program: AgentAPIProgram?,
        for decision: Decision,
        _ context: StartContext,
        route: PromptRoute?,
        record: Record?,
        moduleDirectory: Path?
    ) -> (AgentAPISetup?, StateDecision?) {
        guard let program else { return (nil, nil) }
        let folder = moduleDirectory ?? directory
        var setup = AgentAPISetup(
            program: program,
            folder: folder,
            isFolderWritable: canMakeFiles(in: folder)
        )
        guard decision.start != nil, context.request.statePersistence, program.can(.state) else {
            return (setup, nil)
        }
        let path = AgentAPI.stateFile(context.environment, folder: folder, workdir: workdir)
        let situation = StateSituation(
            file: StateFile(path, workdir: workdir, conversation: directory),
            agent: agent,
            record: record,
            claims: StateClaim.others(than: directory, root: state.root),
            isRecorded: context.agent.keepsConversations,
            sendsMessage: route == .message
        )
        let state = situation.decide(decision)
        setup.savesState = !state.isReadOnly
        setup.loadsState = state.loads
        return (setup, state)
    }

    /// An agentapi or agent that lost its launcher still writes to the session. Called under the lock.
    ///
    /// - Parameter timeout: how long it gets to end, in milliseconds.
    func endPredecessor(timeout: Int, _ diagnostics: Diagnostics) throws(LaunchError) {
        guard let run = runFile.read() else { return }
        try Predecessor.end(run: run, timeout: timeout) { diagnostics.notice($0) }
    }
}
