/// agentapi as this start finds it.
struct AgentAPISetup {
    var program: AgentAPIProgram
    /// Where agentapi's files of this conversation go.
    var folder: Path
    var isFolderWritable: Bool
    /// agentapi may write its state file, and the one that is there is this session's.
    var savesState = true
    var loadsState = false
}

extension StartContext {
    /// Whether the plan depends on agentapi's release, so that it is worth asking.
    func needsAgentAPIRelease(for route: PromptRoute?) -> Bool {
        request.statePersistence || agent.agentAPISince > Agent.oldestAgentAPI || route?.feature != nil
    }
}

/// What a start under agentapi adds to the plan.
extension Planner {
    func add(_ setup: AgentAPISetup, to plan: inout LaunchPlan) throws(LaunchError) {
        let program = setup.program
        let api = AgentAPI(
            type: type(program, &plan.findings),
            request: context.request,
            program: program,
            workdir: context.workdir,
            folder: setup.folder,
            isFolderWritable: setup.isFolderWritable,
            savesState: setup.savesState,
            loadsState: plan.decision.verdict == .warm && setup.loadsState,
            passesPrompt: plan.prompt.route == .initialPrompt,
            environment: context.environment
        )
        plan.agentAPI = try api.arguments()
        plan.server = try api.server()
        plan.environment.add(try api.change(&plan.findings))
        let ownURL = context.change.set.first { $0.name == PinnedURL.variable }
        if let setting = try api.coderURL(isUsersOwn: ownURL != nil) {
            plan.environment.add(.init(set: [setting]))
        }
        try check(plan.prompt, program)
        warn(&plan, program)
    }

    /// Whether this release takes the prompt.
    private func check(_ prompt: StartPrompt, _ program: AgentAPIProgram) throws(LaunchError) {
        guard let feature = prompt.route?.feature, !program.can(feature) else { return }
        let bytes = prompt.text?.count ?? 0
        let way = feature == .promptInput ? "on its standard input" : "as an argument"
        throw context.undeliverable(
            prompt,
            "agentapi \(program.release) cannot take a prompt of \(bytes) bytes \(way), which needs \(feature.since)",
            "update agentapi to \(feature.since) or newer"
        )
    }

    private func type(_ program: AgentAPIProgram, _ findings: inout Findings) -> String {
        let agent = context.agent
        if program.release >= agent.agentAPISince { return agent.agentAPIType }
        findings.warn(
            "agentapi-too-old",
            "agentapi \(program.release) does not support \(agent.name), added in \(agent.agentAPISince); "
                + "using --type custom"
        )
        return "custom"
    }

    private func warn(_ plan: inout LaunchPlan, _ program: AgentAPIProgram) {
        if plan.agentCommand.contains(where: { if case .prompt = $0 { true } else { false } }) {
            plan.findings.warn(
                "prompt-in-agentapi-log",
                "agentapi prints the command that it runs, including the prompt"
            )
        }
        if context.request.stopTimeoutMilliseconds < 12_000 {
            plan.findings.warn(
                "stop-timeout-short",
                "agentapi may need 10 s to stop; a --stop-timeout below 12 can kill the agent"
            )
        }
        if context.request.statePersistence, !program.can(.state) {
            plan.findings.warn(
                "state-not-kept",
                "agentapi \(program.release) loses the chat when it exits; "
                    + "\(AgentAPIFeature.state.since) and newer keep it"
            )
        }
        switch program.executable {
        case .found: break
        case .notExecutable(let path):
            plan.findings.warn("agentapi-not-found", "\(path) is not executable")
        case .missing:
            plan.findings.warn(
                "agentapi-not-found",
                "agentapi is not on PATH; \(AgentAPIProgram.install)"
            )
        }
    }
}
