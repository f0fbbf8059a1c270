/// From what is wanted and what was decided to the exact command. Pure: reads no disk, asks no process.
struct Planner {
    let context: StartContext
    let executable: Executable
    var version: VersionAnswer
    /// Where agentapi's files of this conversation go.
    let apiFolder: Path
    var isAPIFolderWritable = true
    /// agentapi may write its state file, and the one that is there is this session's.
    var savesState = true
    var loadsState = false
    var agentAPI: AgentAPIProgram

    func plan(
        _ decision: Decision,
        _ prompt: PromptDecision,
        task: TaskText?,
        resumePrompt: TaskText?,
        _ findings: Findings
    ) throws(LaunchError) -> LaunchPlan {
        var plan = LaunchPlan(
            agent: context.agent,
            workdir: context.workdir,
            decision: decision,
            prompt: .init(action: prompt.action, given: prompt.given, isRefused: prompt.isRefused),
            transport: context.transport,
            transportCause: context.transportCause,
            isAttended: context.isAttended,
            version: version,
            findings: findings
        )
        guard let start = decision.start else {
            plan.prompt = .init(action: .none)
            return plan
        }
        plan.prompt.text = text(prompt.action, task, resumePrompt)
        let text = prompt.action == .skip ? nil : plan.prompt.text
        try fill(&plan, start, text)
        return plan
    }

    /// What is sent, or with `skip` the task.
    func text(_ action: PromptDecision.Action, _ task: TaskText?, _ resumePrompt: TaskText?) -> Bytes? {
        switch action {
        case .send: task.map { sent($0) }
        case .skip: task?.bytes
        case .resumePrompt: resumePrompt?.bytes
        case .none: nil
        }
    }

    private func fill(
        _ plan: inout LaunchPlan,
        _ start: CommandRequest.Start,
        _ text: Bytes?
    ) throws(LaunchError) {
        try refuseArguments()
        let command = try command(start, text)
        plan.prompt.delivery = command.delivery
        if command.assignsOwnID, case .cold = start { plan.decision.start = .cold(NewSession()) }
        plan.agentCommand = withPath(command.arguments, &plan.findings)
        plan.wrapper = context.request.wrapper
        plan.environment.set = command.set.map { .init(name: $0.name, value: $0.value) }
        plan.environment.unset = command.unset.filter { context.environment[$0] != nil }
        for warning in command.warnings { plan.findings.warn(warning.code, warning.message) }
        plan.environment.add(context.change)
        if plan.transport == .agentapi { try addAgentAPI(&plan) }
        // `LINES` and `COLUMNS` would outlive a change of the terminal's size.
        plan.environment.add(
            .init(
                set: [.init(name: "PWD", value: context.workdir.bytes)],
                unset: ["LINES", "COLUMNS"].filter { context.environment[$0] != nil }
            )
        )
    }

    func commandRequest(_ start: CommandRequest.Start, _ text: Bytes?) -> CommandRequest {
        CommandRequest(
            start: start,
            hasPrompt: text != nil,
            promptBeginsWithDash: text?.first == UInt8(ascii: "-"),
            promptIsWord: text.map(isWord) ?? false,
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
    }

    private func sent(_ task: TaskText) -> Bytes {
        guard context.request.reportTasks else { return task.bytes }
        return Bytes(
            "Report your progress with the coder_report_task tool at every step of this task.\n".utf8
        ) + task.bytes
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
                throw .ownedArgument(flag, of: context.agent.name)
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

private func isWord(_ text: Bytes) -> Bool {
    text.count <= 40
        && text.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == UInt8(ascii: "-") }
}
