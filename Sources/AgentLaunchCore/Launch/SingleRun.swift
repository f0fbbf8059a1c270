/// One run of a conversation: from a plan that may be started to the end of its child, with everything that it needs
/// made before and put away after it.
struct SingleRun {
    let diagnostics: Diagnostics
    let reporter: RunReporter
    let session: HeldSession
    let signals: LaunchSignals
    /// Where somebody wants to know what the agent said.
    let tail: OutputTail?

    /// - Parameter moduleDirectory: held until the record says whose it is.
    func run(
        _ start: PlannedStart,
        moduleDirectory lock: consuming FileLock?
    ) throws(LaunchError) -> FinishedRun {
        let plan = start.plan
        try ConversationBackup(start.conversation.directory).save(start.overwritten, at: .now())
        try start.ownSettings?.write()
        let resources = try LaunchResources(start)
        defer { resources.cleanUp() }
        let files = try AgentAPIFiles(start, diagnostics)
        defer { files?.cleanUp() }
        let now = Timestamp.now()
        var record = Record(start, now: now)
        files?.claim(&record)
        let isRecorded = plan.agent.keepsConversations
        if isRecorded { write(record, to: start.conversation.recordFile) }
        _ = consume lock
        diagnostics.notice(plan.startLine)
        let watcher = isRecorded ? self.watcher(start, record, now) : nil
        let typed = TypedPrompt(plan, watcher) { diagnostics.warn($0) }
        let observers = observers(start, files, watcher, typed)
        tail?.clear()
        let began = monotonicMilliseconds()
        let end: LaunchEnd
        do throws(LaunchError) { end = try run(resources, start.context, observers, typed) } catch {
            // Nothing ran, so nothing was given.
            record.prompts.removeAll { $0.state == .given && $0.at == now }
            if isRecorded { write(record, to: start.conversation.recordFile) }
            throw error
        }
        if let failure = typed?.failure { throw failure }
        return FinishedRun(
            plan: plan,
            record: watcher?.record,
            end: end,
            milliseconds: monotonicMilliseconds() - began
        )
    }

    private func watcher(_ start: PlannedStart, _ record: Record, _ now: Timestamp) -> ConversationWatcher {
        let conversation = start.conversation
        return ConversationWatcher(
            start.plan.agent,
            start.query,
            record,
            awaiting: start.plan.prompt.action == .send ? start.task : nil,
            startedAt: now,
            keepsChat: start.state?.isReadOnly == false,
            mayBelongToOther: conversation.mayBelongToOther,
            belongsToOther: conversation.belongsToOther,
            write: { record in
                session.change(to: record.sessionID)
                try? conversation.recordFile.write(record)
            }
        )
    }

    private func observers(
        _ start: PlannedStart,
        _ files: AgentAPIFiles?,
        _ watcher: ConversationWatcher?,
        _ typed: TypedPrompt?
    ) -> LaunchObservers {
        let chat = ChatReport(record: watcher, diagnostics: diagnostics)
            .watcher(start.plan, environment: start.context.environment, onReady: reporter.onReady)
        let members: [(any LaunchObserver)?] = [
            reporter, files, watcher, chat, typed, reporter.deadline(asked: chat),
        ]
        return LaunchObservers(members: members.compactMap(\.self))
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
                    "\(file.path): \(error); the next start has to search the agent's store"
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

extension Record {
    fileprivate init(_ start: PlannedStart, now: Timestamp) {
        let plan = start.plan
        self.init(
            of: plan.decision,
            agent: plan.agent,
            prompt: plan.prompt,
            workdir: plan.workdir,
            name: start.conversation.name,
            store: start.storeRoot,
            task: start.task,
            old: start.record,
            moduleDirectory: start.moduleDirectory,
            now: now
        )
    }
}

extension LaunchPlan {
    /// What each start says in one line.
    var startLine: String {
        let token = decision.start.flatMap { $0.reference.id ?? $0.reference.name }
        let prompt =
            switch prompt.action {
            case .send: "prompt given"
            case .skip: prompt.given == .this ? "prompt already given" : "prompt not given"
            case .resumePrompt: "resume prompt given"
            case .none: "no prompt"
            }
        let session = token.map { " \($0)" } ?? ""
        return "\(agent.name): \(decision.verdict.rawValue)\(session), \(prompt), \(transport.rawValue)"
    }
}
