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

    func planner() throws(LaunchError) -> Planner {
        let environment = environment
        return Planner(
            context: StartContext(
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
            ),
            executable: .found("/usr/bin/claude", isOnPath: true),
            version: VersionAnswer(version: nil, source: .notNeeded),
            apiFolder: "/state",
            loadsState: ownsStateFile,
            agentAPI: AgentAPIProgram(
                executable: executable,
                version: VersionAnswer(version: release, source: .asked)
            )
        )
    }

    func plan(
        _ decision: Decision = cold,
        _ action: PromptDecision.Action = .none
    ) throws(LaunchError) -> LaunchPlan {
        let prompt = PromptDecision(action: action)
        return try planner().plan(decision, prompt, task: task, resumePrompt: TaskText("go on"), Findings())
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
