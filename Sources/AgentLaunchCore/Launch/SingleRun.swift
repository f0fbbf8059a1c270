/// One run of a conversation: from a plan that may be started to the end of its child, with everything that it needs
/// made before and put away after it.
struct SingleRun {
    let diagnostics: Diagnostics
    let reporter: RunReporter
    let session: HeldSession
    let signals: LaunchSignals
    /// Where somebody wants to know what the agent said.
    let tail: OutputTail?

    func run(
        _ start: PlannedStart,
        _ claim: consuming FileLock?
    ) throws(LaunchError) -> FinishedRun {
        let plan = start.plan
        let conversation = start.conversation
        try ConversationBackup(conversation.directory).save(start.overwritten, at: .now())
        try start.ownSettings?.write()
        let resources = try LaunchResources(start)
        defer { resources.cleanUp() }
        let files = try plan.server.map { (server) throws(LaunchError) in
            try AgentAPIFiles(server, start.state, root: conversation.state.root, diagnostics)
        }
        defer { files?.cleanUp() }
        let now = Timestamp.now()
        var record = Record(
            of: plan.decision,
            plan.agent,
            plan.prompt,
            workdir: plan.workdir,
            name: conversation.name,
            store: start.storeRoot,
            task: start.task,
            old: start.record,
            moduleDirectory: start.moduleDirectory,
            now: now
        )
        files?.claim(&record)
        let isRecorded = plan.agent.keepsConversations
        if isRecorded { write(record, to: conversation.recordFile) }
        _ = consume claim
        diagnostics.notice(plan.startLine)
        var latest = record
        let watcher =
            isRecorded
            ? ConversationWatcher(
                plan.agent,
                start.query,
                record,
                awaiting: plan.prompt.action == .send ? start.task : nil,
                startedAt: now,
                keepsChat: start.state?.isReadOnly == false,
                belongsToOtherConversation: conversation.belongsToOtherConversation,
                isHeld: conversation.isHeldElsewhere,
                write: { record in
                    latest = record
                    session.change(to: record.sessionID)
                    try? conversation.recordFile.write(record)
                }
            )
            : nil
        let chat = ChatReport(record: watcher, diagnostics: diagnostics)
            .watcher(plan, environment: start.context.environment, onReady: reporter.onReady)
        let typed = TypedPrompt(plan, watcher) { diagnostics.warn($0) }
        let members: [(any LaunchObserver)?] = [
            reporter, files, watcher, chat, typed, reporter.deadline(asked: chat),
        ]
        let observers = LaunchObservers(members: members.compactMap(\.self))
        tail?.clear()
        let began = monotonicMilliseconds()
        let end: LaunchEnd
        do throws(LaunchError) {
            end = try run(resources, start.context, observers, typed)
        } catch {
            // Nothing ran, so nothing was given.
            record.prompts.removeAll { $0.state == .given && $0.at == now }
            if isRecorded { write(record, to: conversation.recordFile) }
            throw error
        }
        if let failure = typed?.failure { throw failure }
        return FinishedRun(
            plan: plan,
            record: isRecorded ? latest : nil,
            end: end,
            milliseconds: monotonicMilliseconds() - began
        )
    }

    private func run(
        _ resources: LaunchResources,
        _ context: StartContext,
        _ observers: LaunchObservers,
        _ prompt: TypedPrompt?
    ) throws(LaunchError) -> LaunchEnd {
        let request = context.request
        switch context.transport {
        case .direct:
            let launch = DirectLaunch(
                child: resources.child,
                stopTimeoutMilliseconds: request.stopTimeoutMilliseconds,
                columns: request.termWidth.map { UInt16($0) },
                rows: request.termHeight.map { UInt16($0) },
                log: reporter.log,
                tail: tail,
                prompt: prompt,
                note: { diagnostics.warn(Warning("terminal", $0)) }
            )
            return try launch.run(observers, signals.taken())
        case .agentapi:
            let launch = AgentAPILaunch(
                child: resources.child,
                input: resources.input,
                stopTimeoutMilliseconds: request.stopTimeoutMilliseconds,
                log: reporter.log,
                tail: tail,
                note: { diagnostics.warn(Warning("output", $0)) }
            )
            return try launch.run(observers, signals.taken())
        }
    }

    private func write(_ record: Record, to file: RecordFile) {
        do throws(Errno) { try file.write(record) } catch {
            diagnostics.warn(
                Warning(
                    "record-not-written",
                    "\(file.path): \(error); the next start has to look for itself"
                )
            )
        }
    }
}

/// What a run leaves to whoever plans the next one.
struct FinishedRun {
    var plan: LaunchPlan
    /// As it was written last, or would have been; nil where none is kept.
    var record: Record?
    var end: LaunchEnd
    var milliseconds: Int64
}

extension LaunchPlan {
    /// What each start says in one line.
    var startLine: String {
        let token: String? =
            switch decision.start {
            case .cold(let new): new.id ?? new.name
            case .reuse(let session), .warm(let session): session.id
            case nil: nil
            }
        let prompt =
            switch prompt.action {
            case .send: "the prompt is given"
            case .skip: prompt.given == .this ? "the prompt was given before" : "the prompt is left out"
            case .resumePrompt: "the resume prompt is given"
            case .none: "no prompt"
            }
        let session = token.map { " \($0)" } ?? ""
        return "\(agent.name): \(decision.verdict.rawValue)\(session), \(prompt), \(transport.rawValue)"
    }
}
