import Glibc

/// From what was typed to the plan: reads prompts, the record, the store and the executable. Writes nothing, and
/// executes nothing in a dry run.
@dynamicMemberLookup
struct Preparation {
    var context: StartContext
    /// In place of the one on disk, which may be one that could not be written: of the run that this one follows.
    var ownRecord: Record?
    let processContext: ProcessContext
    let state: StateDirectory

    init(_ request: Request, _ processContext: ProcessContext) throws(LaunchError) {
        try processContext.checkHome()
        self.processContext = processContext
        state = StateDirectory(environment: processContext.environment, home: processContext.home)
        context = try StartContext(request, processContext)
    }

    /// What is known of the start is known here.
    subscript<Value>(dynamicMember member: KeyPath<StartContext, Value>) -> Value { context[keyPath: member] }

    /// Physical, so that two spellings are one folder.
    var moduleDirectory: Path? {
        context.request.moduleDirectory.map { (try? $0.physical()) ?? $0 }
    }

    var conversation: Path {
        state.conversation(
            agent: context.agent.name,
            name: context.request.sessionName,
            workdir: context.workdir
        )
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
        var state: StateDecision?
        /// Of `--module-dir` the folder that is this conversation's own.
        var moduleDirectory: Path?
        /// Who has the conversation open now, if anybody.
        var holder: Int32?
        /// What the start overwrites.
        var overwritten: OldConversation?
        /// What the start writes for the agent.
        var ownSettings: OwnSettingsFile?
    }

    func prepare() throws(LaunchError) -> Outcome {
        var findings = Findings()
        for warning in context.request.warnings { findings.warn(warning.code, warning.message) }
        if context.transport == .direct, context.request.port != nil {
            findings.warn("option-unused", "--port has no effect on a direct start")
        }
        var unreadableTask: LaunchError?
        let task = try read(context.request.task, &findings) { unreadableTask = $0 }
        var unreadableResume: LaunchError?
        let resumePrompt = try read(context.request.resumePrompt, &findings) { unreadableResume = $0 }

        let record = ownRecord.map(RecordState.present) ?? recordFile.read(&findings)
        var query = StoreQuery(
            environment: context.environment,
            home: context.home,
            workdir: context.workdir,
            name: context.request.sessionName,
            task: task
        )
        query.recorded = record.record?.tokens ?? []
        query.conversation = conversation
        let store = context.agent.store(query)
        var options = DecisionOptions(
            adopt: context.request.adopt,
            freshWhenUnknown: context.request.onUnknown == .fresh,
            unreadableTask: unreadableTask
        )
        switch context.request.conversation {
        case .automatic: break
        case .resume(let id): options.resume = id
        case .fresh: options.fresh = true
        case .requireResume: options.requireResume = true
        }
        let others = others
        func decide(_ options: DecisionOptions) throws(LaunchError) -> Decision {
            try Decider(
                agent: context.agent,
                query: query,
                store: store,
                options: options,
                record: record,
                others: others,
                beginning: beginning(others)
            )
            .decide(&findings)
        }
        var decision = try decide(options)
        let prompts = PromptDecider(
            store: store,
            record: record.record,
            task: task,
            onNewPrompt: context.request.onNewPrompt ?? (context.isAttended ? .refuse : .skip),
            hasResumePrompt: resumePrompt != nil,
            resumeWhen: context.request.resumeWhen,
            storesPromptWithAnswer: context.agent.storesPromptWithAnswer && !options.fresh
        )
        var prompt = prompts.decide(decision, &findings)
        if prompt.wantsFresh {
            options.fresh = true
            options.resume = nil
            decision = try decide(options)
            prompt = prompts.decide(decision, &findings)
        }
        if decision.verdict == .warm {
            for error in [unreadableTask, unreadableResume].compactMap(\.self) {
                findings.warn("prompt-unreadable", "\(error.what): \(error.why)")
            }
        }
        let safeguard =
            decision.start == nil ? .notNeeded : context.agent.safeguard(query, context.isAttended)
        var ownSettings: OwnSettingsFile?
        var overwritten: OldConversation?
        if case .settings(let settings) = safeguard {
            ownSettings = OwnSettingsFile(settings, conversation: conversation)
            findings.saw(variable: settings.variable, .ok, settings.purpose)
        } else {
            overwritten = try self.overwritten(by: decision, store, &findings)
        }
        if case .missing(let warning) = safeguard { findings.warn(warning.code, warning.message) }
        let executable = findExecutable()
        let (planner, apiState) = try planner(
            executable,
            decision,
            prompt,
            (task, resumePrompt),
            record.record,
            &findings
        )
        var plan = try planner.plan(decision, prompt, task: task, resumePrompt: resumePrompt, findings)
        if decision.verdict != .unknown {
            let version = plan.version.version ?? context.agent.newestKnown
            for warning in context.agent.firstRun(query, context.request.allowAll, version) {
                plan.findings.warn(warning.code, warning.message)
            }
            if let server = plan.server {
                plan.findings.warn(pinned: context.agent.pinnedURLs(query), port: server.port)
            }
            if let ownSettings { plan.environment.add(ownSettings.change) }
            try checkSpace(plan, executable)
        }
        let resumed = decision.verdict == .warm ? decision.session : nil
        let holder = resumed.flatMap { store.holder(of: $0) }
        if holder == nil, let resumed {
            for warning in store.resumeDialogs(of: resumed) {
                plan.findings.warn(warning.code, warning.message)
            }
        }
        return Outcome(
            plan: plan,
            record: record,
            query: query,
            task: task,
            executable: executable,
            storeRoot: decision.session.map(store.place) ?? store.root,
            state: apiState,
            moduleDirectory: moduleDirectory.map { _ in planner.apiFolder },
            holder: holder,
            overwritten: overwritten,
            ownSettings: ownSettings
        )
    }

    private func overwritten(
        by decision: Decision,
        _ store: any SessionStore,
        _ findings: inout Findings
    ) throws(LaunchError) -> OldConversation? {
        guard case .cold = decision.start else { return nil }
        do throws(StoreFailure) {
            guard let old = try store.overwritten(&findings) else { return nil }
            findings.warn(
                "old-conversation-saved",
                "\(context.agent.title) \(old.fate): it is first copied to "
                    + "\(ConversationBackup(conversation).folder)"
            )
            return old
        } catch {
            throw LaunchError(
                .cannotCreate,
                "\(error.path)",
                "\(context.agent.title) would destroy what it holds of this directory, and that cannot be saved: \(error.why)",
                error.nextStep
            )
        }
    }

    private func read(
        _ source: PromptSource?,
        _ findings: inout Findings,
        _ unreadable: (LaunchError) -> Void
    ) throws(LaunchError) -> TaskText? {
        guard let source else { return nil }
        switch try source.read(environment: processContext.environment) {
        case .task(let text): return text
        case .empty(let warning): findings.warn(warning.code, warning.message)
        case .unreadable(let error): unreadable(error)
        }
        return nil
    }
}
