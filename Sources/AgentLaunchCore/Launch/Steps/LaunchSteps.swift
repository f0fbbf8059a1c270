/// From a request to a start that may run, step by step: read the prompts, inspect the store, decide, choose the
/// prompt, route it, ask for releases, plan. Changes no conversation, and runs no program in a dry run.
struct LaunchSteps {
    var context: StartContext
    let conversation: ConversationFiles
    /// In place of the one on disk, which may be one that could not be written: of the run that this one follows.
    var ownRecord: Record?
    private let launcher: ProcessContext

    init(_ request: Request, _ launcher: ProcessContext) throws(LaunchError) {
        try launcher.checkHome()
        self.launcher = launcher
        context = try StartContext(request, launcher)
        conversation = ConversationFiles(context, launcher)
    }

    func plannedStart() throws(LaunchError) -> PlannedStart {
        var findings = Findings()
        for warning in context.warnings { findings.warn(warning.code, warning.message) }
        let texts = try PromptTexts(of: context.request, launcher.environment, &findings)
        let inspection = StoreInspection(context, conversation, texts.task, ownRecord: ownRecord, &findings)
        let (decision, choice) = try decide(inspection, texts, &findings)
        var prompt = StartPrompt(choice, texts, reportTasks: context.request.reportTasks)
        let start = decision.start
        let protection = try OverwriteProtection(
            for: start,
            context,
            conversation,
            store: inspection,
            &findings
        )
        prompt.route = try PromptRouter(context: context, prompt: prompt).route(start)
        let programs = StartPrograms(context, launcher)
        if start != nil { programs.warn(&findings) }
        let versions = Versions(
            of: programs,
            for: context,
            start,
            prompt.route,
            memory: conversation.state,
            &findings
        )
        let record = inspection.record.record
        let moduleDirectory = conversation.moduleDirectory(record)
        let (agentAPI, state) = conversation.agentAPI(
            versions.agentAPI,
            for: decision,
            context,
            route: prompt.route,
            record: record,
            moduleDirectory: moduleDirectory
        )
        for warning in state?.warnings ?? [] { findings.warn(warning.code, warning.message) }
        let planner = Planner(
            context: context,
            executable: programs.agent,
            version: versions.agent,
            agentAPI: agentAPI
        )
        var plan = try planner.plan(decision, prompt, findings)
        if start != nil {
            complete(&plan, inspection.query, protection.ownSettings)
            try programs.checkSpace(plan, promptFile: conversation.directory / "prompt-0123456789abcdef.md")
        }
        let store = inspection.store
        let holder = store.holder(ofResumed: decision, &plan.findings)
        return PlannedStart(
            context: context,
            conversation: conversation,
            programs: programs,
            task: texts.task,
            record: record,
            query: inspection.query,
            storeRoot: decision.session.map(store.place) ?? store.root,
            state: state,
            moduleDirectory: moduleDirectory,
            holder: holder,
            overwritten: protection.overwritten,
            ownSettings: protection.ownSettings,
            plan: plan
        )
    }

    /// Which conversation this is, and what is done with the prompts. `--on-new-prompt fresh` decides anew.
    private func decide(
        _ inspection: StoreInspection,
        _ texts: PromptTexts,
        _ findings: inout Findings
    ) throws(LaunchError) -> (Decision, PromptDecision) {
        let request = context.request
        var options = DecisionOptions(request, unreadableTask: texts.unreadableTask)
        let prompts = PromptDecider(
            store: inspection.store,
            record: inspection.record.record,
            task: texts.task,
            onNewPrompt: request.onNewPrompt ?? (context.isAttended ? .refuse : .skip),
            hasResumePrompt: texts.resumePrompt != nil,
            resumeWhen: request.resumeWhen,
            storesPromptWithAnswer: context.agent.storesPromptWithAnswer && !options.fresh
        )
        var decision = try inspection.decide(options, &findings)
        var prompt = prompts.decide(decision, &findings)
        if prompt.wantsFresh {
            options.fresh = true
            options.resume = nil
            decision = try inspection.decide(options, &findings)
            prompt = prompts.decide(decision, &findings)
        }
        if decision.verdict == .warm {
            for error in [texts.unreadableTask, texts.unreadableResumePrompt].compactMap(\.self) {
                findings.warn("prompt-unreadable", "\(error.what): \(error.why)")
            }
        }
        return (decision, prompt)
    }

    /// What the agent's own configuration has to say.
    private func complete(
        _ plan: inout LaunchPlan,
        _ query: StoreQuery,
        _ ownSettings: OwnSettingsFile?
    ) {
        let version = plan.version.version ?? context.agent.newestKnown
        for warning in context.agent.firstRun(query, context.request.allowAll, version) {
            plan.findings.warn(warning.code, warning.message)
        }
        if let server = plan.server {
            plan.findings.warn(pinned: context.agent.pinnedURLs(query), port: server.port)
        }
        if let ownSettings { plan.environment.add(ownSettings.change) }
    }
}

extension ConversationGuard {
    /// Who has the resumed session open now. Where nobody has, what the agent will ask is a warning.
    fileprivate func holder(ofResumed decision: Decision, _ findings: inout Findings) -> Int32? {
        guard case .warm(let session) = decision.start else { return nil }
        if let holder = holder(of: session) { return holder }
        for warning in resumeDialogs(of: session) { findings.warn(warning.code, warning.message) }
        return nil
    }
}
