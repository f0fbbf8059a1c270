/// From what is wanted and what was decided to the exact command. Pure: reads no disk, asks no process.
struct Planner {
    /// One argv string of Linux: 128 KiB with its NUL.
    static let argumentLimit = 131_071

    let context: StartContext
    let executable: Executable
    var version: VersionAnswer
    /// Where agentapi's files of this conversation go.
    let apiFolder: Path
    let record: Record?
    /// Whether agentapi's state file is there.
    let hasStateFile: Bool
    let agentAPI: Executable

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
        switch prompt.action {
        case .send: plan.prompt.text = task.map { sent($0) }
        case .skip: plan.prompt.text = task?.bytes
        case .resumePrompt: plan.prompt.text = resumePrompt?.bytes
        case .none: break
        }
        let text = prompt.action == .skip ? nil : plan.prompt.text
        try fill(&plan, start, text)
        return plan
    }

    private func fill(
        _ plan: inout LaunchPlan,
        _ start: CommandRequest.Start,
        _ text: Bytes?
    ) throws(LaunchError) {
        try refuseArguments()
        var command = try context.agent.command(commandRequest(start, text))
        if text != nil { try deliver(&command, start, text ?? [], &plan) }
        plan.prompt.delivery = command.delivery
        plan.agentCommand = withPath(command.arguments, &plan.findings)
        plan.wrapper = context.request.wrapper
        plan.environment.set = command.set.map { .init(name: $0.name, value: $0.value) }
        plan.environment.unset = command.unset.filter { context.environment[$0] != nil }
        for warning in command.warnings { plan.findings.warn(warning.code, warning.message) }
        if plan.transport == .agentapi { try addAgentAPI(&plan) }
        plan.environment.set.removeAll { setting in context.change.set.contains { $0.name == setting.name } }
        plan.environment.set += context.change.set
        plan.environment.unset += context.change.unset
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

    /// An argument too long for argv goes another way, or the start fails before anything runs.
    private func deliver(
        _ command: inout AgentCommand,
        _ start: CommandRequest.Start,
        _ text: Bytes,
        _ plan: inout LaunchPlan
    ) throws(LaunchError) {
        guard command.delivery == .argument else {
            if command.delivery == .agentapi, plan.transport == .direct {
                throw LaunchError(
                    .usage,
                    context.request.task?.spelling ?? "--prompt",
                    "\(context.agent.name) takes this prompt only under agentapi",
                    "use --agentapi, or leave the prompt out"
                )
            }
            return
        }
        let prefix = command.arguments.firstNonNil { argument in
            if case .prompt(let prefix) = argument { prefix.utf8.count } else { nil }
        }
        guard text.count + (prefix ?? 0) > Self.argumentLimit else { return }
        guard plan.transport == .agentapi else {
            throw LaunchError(
                .usage,
                context.request.task?.spelling ?? "--prompt",
                "\(text.count) bytes are more than the \(Self.argumentLimit) that one argument may have",
                "shorten it, or use --agentapi"
            )
        }
        command = try context.agent.command(commandRequest(start, nil))
        if case .warm = start { command.delivery = .agentapi } else { command.delivery = .stdin }
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
            if context.agent.name != "custom", text == "--" || context.agent.refusedArguments.contains(flag) {
                throw LaunchError(
                    .usage,
                    "-- \(flag)",
                    "agentlaunch itself chooses the session of \(context.agent.name), cold and warm",
                    text == "--" ? "leave it out" : "leave it out; see --resume, --fresh, --prompt"
                )
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

    private func addAgentAPI(_ plan: inout LaunchPlan) throws(LaunchError) {
        let session = plan.decision.verdict == .warm ? plan.decision.session : nil
        var api = AgentAPI(
            type: context.agent.agentAPIType,
            port: context.request.port,
            width: context.request.termWidth,
            height: context.request.termHeight,
            keepsState: context.request.statePersistence,
            folder: apiFolder,
            loadsState: false,
            passesPrompt: plan.prompt.delivery == .agentapi && session == nil,
            environment: context.environment
        )
        api.loadsState = session != nil && record?.stateSession == session?.id && hasStateFile
        plan.agentAPI = try api.arguments()
        let change = try api.change(&plan.findings)
        plan.environment.set += change.set
        plan.environment.unset += change.unset
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
        if agentAPI == .missing {
            plan.findings.warn(
                "agentapi-not-found",
                "agentapi is not on PATH; see https://github.com/coder/agentapi"
            )
        }
    }
}

private func isWord(_ text: Bytes) -> Bool {
    text.count <= 40
        && text.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == UInt8(ascii: "-") }
}

extension Sequence {
    fileprivate func firstNonNil<Result>(_ body: (Element) -> Result?) -> Result? {
        for element in self { if let result = body(element) { return result } }
        return nil
    }
}
