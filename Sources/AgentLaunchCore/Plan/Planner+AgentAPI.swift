/// What a start under agentapi adds to the plan.
extension Planner {
    /// Whether the plan depends on agentapi's release, so that it is worth asking.
    func needsAgentAPIRelease(_ start: CommandRequest.Start, _ text: Bytes?) throws(LaunchError) -> Bool {
        guard context.transport == .agentapi else { return false }
        if context.request.statePersistence || context.agent.agentAPISince > Agent.oldestAgentAPI {
            return true
        }
        let isMessage = Self.sendsMessage(context.agent, start)
        return Self.feature(try command(start, text).delivery, isMessage: isMessage) != nil
    }

    func addAgentAPI(_ plan: inout LaunchPlan) throws(LaunchError) {
        let session = plan.decision.verdict == .warm ? plan.decision.session : nil
        let api = AgentAPI(
            type: type(&plan.findings),
            request: context.request,
            program: agentAPI,
            workdir: context.workdir,
            folder: apiFolder,
            isFolderWritable: isAPIFolderWritable,
            savesState: savesState,
            loadsState: session != nil && loadsState,
            passesPrompt: plan.prompt.delivery == .agentapi && !plan.sendsMessage,
            environment: context.environment
        )
        plan.agentAPI = try api.arguments()
        plan.server = try api.server()
        plan.environment.add(try api.change(&plan.findings))
        let ownURL = context.change.set.first { $0.name == PinnedURL.variable }
        if let setting = try api.coderURL(isUsersOwn: ownURL != nil) {
            plan.environment.add(.init(set: [setting]))
        }
        try checkDelivery(plan)
        warn(&plan, api)
    }

    private func type(_ findings: inout Findings) -> String {
        let agent = context.agent
        if agentAPI.release >= agent.agentAPISince { return agent.agentAPIType }
        findings.warn(
            "agentapi-too-old",
            "agentapi \(agentAPI.release) does not know \(agent.name), which began with \(agent.agentAPISince): "
                + "planned with --type custom"
        )
        return "custom"
    }

    private func warn(_ plan: inout LaunchPlan, _ api: AgentAPI) {
        if plan.agentCommand.contains(where: { if case .prompt = $0 { true } else { false } }) {
            plan.findings.warn(
                "prompt-in-agentapi-log",
                "agentapi prints the command that it runs, and the prompt is one of its arguments"
            )
        }
        if context.request.stopTimeoutMilliseconds < 12_000 {
            plan.findings.warn(
                "stop-timeout-short",
                "agentapi may need 10 s to stop: --stop-timeout below 12 can kill the agent"
            )
        }
        if context.request.statePersistence, !agentAPI.can(.state) {
            plan.findings.warn(
                "state-not-kept",
                "agentapi \(agentAPI.release) forgets the chat when it ends; "
                    + "\(AgentAPIFeature.state.since) and newer keep it"
            )
        }
        switch agentAPI.executable {
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
