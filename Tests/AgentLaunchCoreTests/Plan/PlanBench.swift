@testable import AgentLaunchCore

/// One plan under agentapi: what is typed and inherited, and which agentapi is there.
struct PlanBench {
    var agent = Agent.claude
    var words: [String] = []
    var environment = Environment()
    /// What `--env` sets; it is in `environment` too.
    var own: [String] = []
    var transport = Transport.agentapi
    var executable = Executable.found("/usr/bin/agentapi", isOnPath: true)
    var release: Version = AgentAPIProgram.newestKnown
    /// The state file at its place is the session's own.
    var ownsStateFile = false
    var task: TaskText? = DecisionBench.task

    static let cold = Decision(
        verdict: .cold,
        reason: "-",
        how: .derived,
        start: .cold(NewSession(id: "1142e558-ce23-44a4-9795-fedb65b0d13a"))
    )
    static let warm = Decision.warm(session("a"), .record, "-")

    func context() throws(LaunchError) -> StartContext {
        let environment = environment
        return StartContext(
            agent: agent,
            request: try request([agent.name] + words),
            transport: transport,
            transportCause: .option,
            isAttended: true,
            isRoot: false,
            workdir: DecisionBench.workdir,
            home: "/home/coder",
            environment: environment,
            change: .init(
                set: own.map { .init(name: $0, value: environment[$0] ?? [], isPrivate: true) }
            )
        )
    }

    func plan(
        _ decision: Decision = cold,
        _ action: PromptDecision.Action = .none,
        given: PromptDecision.Given? = nil
    ) throws(LaunchError) -> LaunchPlan {
        let context = try context()
        let texts = PromptTexts(task: task, resumePrompt: TaskText("go on"))
        let choice = PromptDecision(action: action, given: given)
        var prompt = StartPrompt(choice, texts, reportTasks: context.request.reportTasks)
        prompt.route = try PromptRouter(context: context, prompt: prompt).route(decision.start)
        let program = AgentAPIProgram(
            executable: executable,
            version: VersionAnswer(version: release, source: .asked)
        )
        let setup = AgentAPISetup(
            program: program,
            folder: "/state",
            isFolderWritable: true,
            loadsState: ownsStateFile
        )
        let planner = Planner(
            context: context,
            executable: .found("/usr/bin/claude", isOnPath: true),
            version: VersionAnswer(version: nil, source: .notNeeded),
            agentAPI: transport == .agentapi ? setup : nil
        )
        return try planner.plan(decision, prompt, Findings())
    }

    /// The environment that agentapi gets, as text.
    func child(_ decision: Decision = cold) throws(LaunchError) -> [String: String] {
        let applied = try plan(decision).environment.applied(to: environment)
        return Dictionary(
            uniqueKeysWithValues: applied.entries.map { ($0.name.lossyText, $0.value.lossyText) }
        )
    }
}

extension LaunchPlan {
    var codes: [String] { findings.warnings.map(\.code) }
    var words: String { shown(command, showPrompt: true).joined(separator: " ") }
}
