import Glibc

/// `agentlaunch AGENT`: the dry run, or the start itself.
struct StartCommand {
    let request: Request
    let preparation: Preparation
    let diagnostics: Diagnostics

    init(_ request: Request, _ surroundings: Surroundings, _ diagnostics: Diagnostics) throws(LaunchError) {
        var request = request
        if request.detach, !request.dryRun { try request.readAhead(surroundings.environment) }
        self.request = request
        self.diagnostics = diagnostics
        preparation = try Preparation(request, surroundings)
    }

    func run() throws(LaunchError) -> Int32 {
        if request.dryRun { return try dryRun() }
        guard request.detach else { return dieAs(try start(nil)) }
        switch try Background.start() {
        case .caller(let wait):
            return wait.run(untilReady: request.waitReadyMilliseconds != nil, diagnostics)
        case .background(let report): return dieAs(try start(report))
        }
    }

    /// In the background with somebody to report to.
    private func start(_ report: BackgroundReport?) throws(LaunchError) -> ChildEnd {
        let locks = LaunchLocks(preparation, diagnostics)
        let lock = try locks.takeConversation()
        try preparation.endPredecessor(diagnostics)
        removeLeftovers()
        let claim = ModuleClaim.take(preparation)
        let began = monotonicMilliseconds()
        var outcome = try preparation.prepare()
        for warning in outcome.plan.findings.warnings where !Self.saidByErrors.contains(warning.code) {
            diagnostics.warn(warning)
        }
        try check(outcome)
        if let server = outcome.plan.server { try AgentAPIFiles.check(server, preparation) }
        try preparation.pinThread(&outcome, began: began)
        let sessionLock = try locks.takeSession(outcome.plan)
        let upkeep = try preparation.upkeep(outcome.plan, report) { diagnostics.warn($0) }
        let end: ChildEnd
        do throws(LaunchError) { end = try launch(outcome, upkeep, claim) } catch {
            upkeep.end(error.status.rawValue)
            throw error
        }
        upkeep.end(end.status)
        // Held until the agent has ended and everything is put away.
        _ = consume lock
        _ = consume sessionLock
        return end
    }

    /// A start that has to stop says these in its error.
    private static let saidByErrors: Set<String> = [
        "agent-not-found", "agentapi-not-found", "prompt-refused",
    ]

    // MARK: Dry run

    private func dryRun() throws(LaunchError) -> Int32 {
        var outcome = try preparation.prepare()
        let launcher = LaunchLocks(preparation, diagnostics).holder(of: outcome.plan.decision.session)
        if let pid = launcher ?? outcome.holder {
            outcome.plan.findings.warn(
                "in-use",
                "process \(pid) has this conversation open now: a start would exit with 75"
            )
        }
        let plan = outcome.plan
        let text =
            request.format == .json
            ? JSONWriter.pretty(plan.json(showPrompt: request.showPrompt))
            : Bytes(plan.text(showPrompt: request.showPrompt).utf8)
        writeAll(text, to: STDOUT_FILENO)
        if plan.decision.verdict == .unknown { return ExitStatus.unknown.rawValue }
        return (plan.prompt.isRefused ? ExitStatus.usage : .success).rawValue
    }

    // MARK: Start

    /// What must not be started.
    private func check(_ outcome: Preparation.Outcome) throws(LaunchError) {
        let plan = outcome.plan
        if plan.decision.verdict == .unknown {
            let trouble = plan.decision.trouble
            throw LaunchError(
                .unknown,
                trouble.map { "\($0.path)" } ?? plan.agent.name,
                trouble?.why ?? plan.decision.reason,
                trouble?.nextStep ?? "see --dry-run"
            )
        }
        if plan.prompt.isRefused {
            throw LaunchError(
                .usage,
                request.task?.spelling ?? "--prompt",
                "conversation \(plan.decision.session?.id ?? "") goes on and was not given this prompt",
                "leave the prompt out, or use --on-new-prompt send, skip or fresh, or another --session NAME"
            )
        }
        if let holder = outcome.holder { throw preparation.alreadyRunning(holder) }
    }

    private func launch(
        _ outcome: Preparation.Outcome,
        _ upkeep: LaunchUpkeep,
        _ claim: consuming FileLock?
    ) throws(LaunchError)
        -> ChildEnd
    {
        let plan = outcome.plan
        try ConversationBackup(preparation.conversation).save(outcome.overwritten, at: .now())
        try outcome.ownSettings?.write()
        let materials = try LaunchMaterials(
            outcome,
            preparation,
            promptFiles: PromptFile(
                in: promptFolder(outcome.moduleDirectory),
                conversation: preparation.conversation
            )
        )
        defer { materials.putAway() }
        let files = try outcome.plan.server.map { (server) throws(LaunchError) in
            try AgentAPIFiles(server, outcome.state, preparation, diagnostics)
        }
        defer { files?.putAway() }
        let now = Timestamp.now()
        var record = Record(
            of: plan,
            name: request.sessionName,
            store: outcome.storeRoot,
            task: outcome.task,
            old: outcome.record.record,
            moduleDirectory: outcome.moduleDirectory,
            now: now
        )
        files?.claim(&record)
        let isRecorded = plan.agent.name != "custom"
        if isRecorded { write(record) }
        _ = consume claim
        diagnostics.notice(startLine(plan))
        let learnt = LearntSession(LaunchLocks(preparation, diagnostics), known: record.sessionID)
        let watcher =
            isRecorded
            ? ConversationWatcher(
                plan.agent,
                outcome.query,
                record,
                awaiting: plan.prompt.action == .send ? outcome.task : nil,
                startedAt: now,
                isAnothers: preparation.isAnothers,
                write: { record in
                    try? preparation.recordFile.write(record)
                    learnt.hold(record.sessionID)
                }
            )
            : nil
        let chat = ChatReport(record: watcher, diagnostics: diagnostics)
            .watcher(plan, environment: preparation.context.environment, onReady: upkeep.onReady)
        let typed = TypedPrompt(plan, watcher) { diagnostics.warn($0) }
        let members: [(any LaunchObserver)?] = [
            upkeep, files, watcher, chat, typed, upkeep.deadline(asked: chat),
        ]
        let observers = LaunchObservers(members: members.compactMap(\.self))
        let end: ChildEnd
        do throws(LaunchError) { end = try run(plan.transport, materials, observers, upkeep, typed) } catch {
            // Nothing ran, so nothing was given.
            record.prompts.removeAll { $0.state == .given && $0.at == now }
            if isRecorded { write(record) }
            throw error
        }
        if let failure = typed?.failure { throw failure }
        return end
    }

    private func run(
        _ transport: Transport,
        _ materials: LaunchMaterials,
        _ observers: LaunchObservers,
        _ upkeep: LaunchUpkeep,
        _ prompt: TypedPrompt?
    ) throws(LaunchError) -> ChildEnd {
        switch transport {
        case .direct:
            let launch = DirectLaunch(
                child: materials.child,
                stopTimeoutMilliseconds: request.stopTimeoutMilliseconds,
                columns: request.termWidth.map { UInt16($0) },
                rows: request.termHeight.map { UInt16($0) },
                log: upkeep.log,
                prompt: prompt,
                note: { diagnostics.warn(Warning("terminal", $0)) }
            )
            return try launch.run(observers)
        case .agentapi:
            let launch = AgentAPILaunch(
                child: materials.child,
                input: materials.input,
                stopTimeoutMilliseconds: request.stopTimeoutMilliseconds,
                log: upkeep.log,
                note: { diagnostics.warn(Warning("output", $0)) }
            )
            return try launch.run(observers)
        }
    }

    private func write(_ record: Record) {
        do throws(Errno) { try preparation.recordFile.write(record) } catch {
            diagnostics.warn(
                Warning(
                    "record-not-written",
                    "\(preparation.recordFile.path): \(error); the next start has to look for itself"
                )
            )
        }
    }

    /// What killed launchers left of prompts, in `--module-dir` and in this conversation's own folder of it.
    private func removeLeftovers() {
        let folders = [promptFolder(preparation.moduleDirectory), preparation.ownModuleDirectory]
        for folder in folders.compactMap(\.self) {
            PromptFile(in: folder, conversation: preparation.conversation).removeLeftovers()
        }
    }

    /// Where it was put last time too, so that leftovers are found.
    private func promptFolder(_ module: Path?) -> Path {
        let folder = module ?? preparation.conversation
        do throws(Errno) {
            try makeFolders(folder, mode: 0o700)
            if folder.withCString({ access($0, W_OK) }) != 0 { throw Errno.last }
        } catch {
            if let runtime = preparation.surroundings.environment.given("XDG_RUNTIME_DIR") {
                return Path(bytes: runtime) / "agentlaunch"
                    / StateFolder.folderName(request.sessionName, preparation.workdir)
            }
        }
        return folder
    }

    private func startLine(_ plan: LaunchPlan) -> String {
        let token: String? =
            switch plan.decision.start {
            case .cold(let new): new.id ?? new.name
            case .reuse(let session), .warm(let session): session.id
            case nil: nil
            }
        let prompt =
            switch plan.prompt.action {
            case .send: "the prompt is given"
            case .skip: plan.prompt.given == .this ? "the prompt was given before" : "the prompt is left out"
            case .resumePrompt: "the resume prompt is given"
            case .none: "no prompt"
            }
        let session = token.map { " \($0)" } ?? ""
        return
            "\(plan.agent.name): \(plan.decision.verdict.rawValue)\(session), \(prompt), \(plan.transport.rawValue)"
    }
}
