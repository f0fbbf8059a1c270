/// From what is wanted and what was decided to the exact command. Pure: reads no disk, asks no process.
struct Planner {
    let context: StartContext
    let executable: Executable
    let version: VersionAnswer
    /// Nil for a direct start.
    let agentAPI: AgentAPISetup?

    func plan(
        _ decision: Decision,
        _ prompt: StartPrompt,
        _ findings: Findings
    ) throws(LaunchError) -> LaunchPlan {
        var plan = LaunchPlan(
            agent: context.agent,
            workdir: context.workdir,
            decision: decision,
            prompt: prompt,
            transport: context.transport,
            transportCause: context.transportCause,
            isAttended: context.isAttended,
            version: version,
            findings: findings
        )
        if let start = decision.start { try fill(&plan, start) }
        return plan
    }

    private func fill(_ plan: inout LaunchPlan, _ start: CommandRequest.Start) throws(LaunchError) {
        try refuseArguments()
        let command = try context.agent.command(
            CommandRequest(
                start: start,
                prompt: place(of: plan.prompt, start),
                model: context.request.model,
                allowAll: context.request.allowAll,
                extra: context.request.arguments,
                workdir: context.workdir,
                home: context.home,
                attended: context.isAttended,
                version: version.version ?? context.agent.newestKnown,
                environment: context.environment,
                effectiveUserIsRoot: context.isRoot
            )
        )
        if command.assignsOwnID, case .cold = start { plan.decision.start = .cold(NewSession()) }
        plan.agentCommand = withPath(command.arguments, &plan.findings)
        plan.wrapper = context.request.wrapper
        plan.environment.set = command.set.map { .init(name: $0.name, value: $0.value) }
        plan.environment.unset = command.unset.filter { context.environment[$0] != nil }
        for warning in command.warnings { plan.findings.warn(warning.code, warning.message) }
        plan.environment.add(context.change)
        if let agentAPI { try add(agentAPI, to: &plan) }
        // `LINES` and `COLUMNS` would outlive a change of the terminal's size.
        plan.environment.add(
            .init(
                set: [.init(name: "PWD", value: context.workdir.bytes)],
                unset: ["LINES", "COLUMNS"].filter { context.environment[$0] != nil }
            )
        )
    }

    private func place(of prompt: StartPrompt, _ start: CommandRequest.Start) -> AgentCommand.Argument? {
        guard let text = prompt.text, prompt.route == .argument || prompt.route == .file else { return nil }
        return context.agent.promptIntake(start, text).argument
    }

    private func refuseArguments() throws(LaunchError) {
        for argument in context.request.arguments {
            let text = argument.lossyText
            let flag =
                if text.hasPrefix("--") {
                    String(text.prefix { $0 != "=" })
                } else {
                    // `-rID` is `-r ID`.
                    text.hasPrefix("-") ? String(text.prefix(2)) : text
                }
            if !context.agent.programIsFirstArgument,
                text == "--" || context.agent.refusedArguments.contains(flag)
            {
                throw .ownedArgument(flag)
            }
        }
    }

    private func withPath(
        _ arguments: [AgentCommand.Argument],
        _ findings: inout Findings
    ) -> [AgentCommand.Argument] {
        guard let first = arguments.first, case .text(let name) = first else { return arguments }
        switch executable {
        case .found(let path, isOnPath: false): return [.text(path.bytes)] + arguments.dropFirst()
        case .found: break
        case .notExecutable(let path): findings.warn("agent-not-found", "\(path) is not executable")
        case .missing:
            findings.warn("agent-not-found", "\(name.lossyText) is not installed: \(context.agent.install)")
        }
        return arguments
    }
}
