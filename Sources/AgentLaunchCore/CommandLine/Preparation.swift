import Glibc

/// From what was typed to the plan: reads prompts, the record, the store and the executable. Writes nothing, and
/// executes nothing in a dry run.
struct Preparation {
    let request: Request
    let surroundings: Surroundings
    let agent: Agent
    let transport: (Transport, Transport.Cause)
    let isAttended: Bool
    /// Physical.
    let workdir: Path
    let state: StateFolder
    /// The agent's environment without its own settings, and how it came about.
    let environment: Environment
    /// The agent's: `--env HOME=…` moves its store.
    let home: Path
    let change: LaunchPlan.EnvironmentChange

    init(_ request: Request, _ surroundings: Surroundings) throws(LaunchError) {
        try surroundings.checkHome()
        self.request = request
        self.surroundings = surroundings
        guard let agent = Registry.agents.first(where: { $0.name == request.agent }) else {
            throw LaunchError(.bug, request.agent, "the agent is not registered", "report this")
        }
        self.agent = agent
        transport =
            request.transport.map { ($0.value, $0.byOption ? .option : .environment) }
            // There is no terminal in the background.
            ?? (request.detach
                ? (.agentapi, .noTerminal)
                : Transport.decided(by: surroundings.terminals, dryRun: request.dryRun))
        let terminals = surroundings.terminals
        let onTerminal =
            request.dryRun ? terminals.input || terminals.error : terminals.input && terminals.output
        isAttended =
            request.attended?.value ?? (transport.0 == .direct && onTerminal && !request.detach)
        workdir = try Self.physicalWorkdir(request, isAttended: isAttended)
        state = StateFolder(environment: surroundings.environment, home: surroundings.home)
        (environment, change) = try ChildEnvironment.make(request, surroundings.environment)
        let named = environment.given("HOME").map { Path(bytes: $0) }
        home = named.flatMap { $0.isAbsolute ? $0 : nil } ?? surroundings.home
    }

    /// Physical, so that two spellings are one folder.
    var moduleDirectory: Path? {
        request.moduleDirectory.map { (try? $0.physical()) ?? $0 }
    }

    var conversation: Path {
        state.conversation(agent: agent.name, name: request.sessionName, workdir: workdir)
    }
    var recordFile: RecordFile { RecordFile(conversation: conversation) }

    // MARK: The plan

    /// What a start needs beside the plan.
    struct Outcome {
        var plan: LaunchPlan
        var record: RecordState
        var query: StoreQuery
        var task: TaskText?
        var executable: Executable
        var storeRoot: Path
        /// Who has the conversation open now, if anybody.
        var holder: Int32?
    }

    func prepare(freshOverride: Bool = false) throws(LaunchError) -> Outcome {
        var findings = Findings()
        for warning in request.warnings { findings.warn(warning.code, warning.message) }
        if transport.0 == .direct, request.port != nil {
            findings.warn("option-unused", "--port has no effect on a direct start")
        }
        var unreadableTask: LaunchError?
        let task = try read(request.task, &findings) { unreadableTask = $0 }
        var unreadableResume: LaunchError?
        let resumePrompt = try read(request.resumePrompt, &findings) { unreadableResume = $0 }

        let record = recordFile.read(&findings)
        var query = StoreQuery(
            environment: environment,
            home: home,
            workdir: workdir,
            name: request.sessionName,
            task: task
        )
        query.recorded = record.record?.tokens ?? []
        let store = agent.store(query)
        var wishes = Wishes(
            adopt: request.adopt,
            freshWhenUnknown: request.onUnknown == .fresh,
            unreadableTask: unreadableTask
        )
        switch request.conversation {
        case .automatic: break
        case .resume(let id): wishes.resume = id
        case .fresh: wishes.fresh = true
        case .requireResume: wishes.requireResume = true
        }
        let others = others
        func decide(_ wishes: Wishes) throws(LaunchError) -> Decision {
            try Decider(
                agent: agent,
                query: query,
                store: store,
                wishes: wishes,
                record: record,
                others: others,
                beginning: beginning(others)
            )
            .decide(&findings)
        }
        var decision = try decide(wishes)
        let prompts = PromptDecider(
            store: store,
            record: record.record,
            task: task,
            onNewPrompt: request.onNewPrompt ?? (isAttended ? .refuse : .skip),
            hasResumePrompt: resumePrompt != nil,
            resumeWhen: request.resumeWhen
        )
        var prompt = prompts.decide(decision, &findings)
        if prompt.wantsFresh {
            wishes.fresh = true
            wishes.resume = nil
            decision = try decide(wishes)
            prompt = prompts.decide(decision, &findings)
        }
        if decision.verdict == .warm {
            for error in [unreadableTask, unreadableResume].compactMap(\.self) {
                findings.warn("prompt-unreadable", "\(error.what): \(error.why)")
            }
        }
        let executable = findExecutable()
        var plan = try planner(executable, decision, task ?? resumePrompt, record.record, &findings)
            .plan(decision, prompt, task: task, resumePrompt: resumePrompt, findings)
        if decision.verdict != .unknown {
            let version = plan.version.version ?? agent.newestKnown
            for warning in agent.firstRun(query, request.allowAll, version) {
                plan.findings.warn(warning.code, warning.message)
            }
        }
        let holder = decision.session.flatMap { decision.verdict == .warm ? store.holder(of: $0) : nil }
        return Outcome(
            plan: plan,
            record: record,
            query: query,
            task: task,
            executable: executable,
            storeRoot: store.root,
            holder: holder
        )
    }

    private func read(
        _ source: PromptSource?,
        _ findings: inout Findings,
        _ unreadable: (LaunchError) -> Void
    ) throws(LaunchError) -> TaskText? {
        guard let source else { return nil }
        switch try source.read(environment: surroundings.environment) {
        case .task(let text): return text
        case .empty(let warning): findings.warn(warning.code, warning.message)
        case .unreadable(let error): unreadable(error)
        }
        return nil
    }

    private func findExecutable() -> Executable {
        let name = agent.name == "custom" ? request.arguments.first ?? [] : Bytes(agent.executable.utf8)
        return agent.find(name, environment, surroundings.home, workdir)
    }

    private func planner(
        _ executable: Executable,
        _ decision: Decision,
        _ text: TaskText?,
        _ record: Record?,
        _ findings: inout Findings
    ) throws(LaunchError) -> Planner {
        let folder = apiFolder(record)
        var planner = Planner(
            agent: agent,
            request: request,
            environment: environment,
            own: change,
            workdir: workdir,
            home: home,
            transport: transport,
            isAttended: isAttended,
            isRoot: surroundings.isRoot,
            executable: executable,
            version: VersionAnswer(version: request.agentVersion, source: .notNeeded),
            apiFolder: folder,
            record: record,
            hasStateFile: (try? fileStatus(AgentAPI.stateFile(environment, folder: folder))) != nil,
            agentAPI: Executable.find(
                Bytes("agentapi".utf8),
                places: [],
                environment: environment,
                relativeTo: workdir
            )
        )
        if let start = decision.start, agent.needsVersion(planner.commandRequest(start, text?.bytes)) {
            planner.version =
                VersionFinder(
                    agent: agent,
                    executable: executable,
                    option: request.agentVersion,
                    environment: environment,
                    memory: state.agent(agent.name) / "versions.json",
                    mayAsk: !request.dryRun
                ).find(&findings)
        } else if request.agentVersion != nil {
            planner.version.source = .option
        }
        return planner
    }

    /// `--module-dir` belongs to the first conversation that is kept there; others have a folder of their own in it.
    private func apiFolder(_ record: Record?) -> Path {
        guard let module = moduleDirectory else { return conversation }
        if record?.moduleDirectory == module { return module }
        let agents = (try? namesInDirectory(state.root)) ?? []
        let isTaken = agents.contains { name in
            RecordFile.others(than: conversation, agent: state.root / name).contains {
                $0.moduleDirectory == module
            }
        }
        return isTaken ? module / StateFolder.folderName(request.sessionName, workdir) : module
    }
}
