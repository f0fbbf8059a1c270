/// The releases that a plan depends on. A start asks the programs; together they get 4 s, because agentapi is to be
/// started within 5.
struct Versions {
    private let context: StartContext
    private let state: StateFolder
    private let began = monotonicMilliseconds()

    init(_ context: StartContext, _ state: StateFolder) {
        self.context = context
        self.state = state
    }

    func agent(_ executable: Executable, _ findings: inout Findings) -> VersionAnswer {
        VersionFinder(
            name: context.agent.name,
            newestKnown: context.agent.newestKnown,
            executable: executable,
            option: context.request.agentVersion,
            environment: context.environment,
            memory: memory(context.agent.name),
            mayAsk: !context.request.dryRun,
            advice: "; --agent-version names another"
        ).find(&findings)
    }

    func agentAPI(_ executable: Executable, _ findings: inout Findings) -> VersionAnswer {
        let left = began + 4000 - monotonicMilliseconds()
        let answer = VersionFinder(
            name: AgentAPIProgram.name,
            newestKnown: AgentAPIProgram.newestKnown,
            executable: executable,
            environment: context.environment,
            memory: memory(AgentAPIProgram.name),
            mayAsk: !context.request.dryRun,
            milliseconds: Int32(max(500, min(3000, left)))
        ).find(&findings)
        if case .found(let path, _) = executable, let version = answer.version {
            findings.saw(path, .ok, "agentapi \(version), \(answer.source.rawValue)")
        }
        return answer
    }

    private func memory(_ program: String) -> Path { state.agent(program) / "versions.json" }
}
