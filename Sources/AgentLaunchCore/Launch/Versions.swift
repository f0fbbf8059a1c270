/// The releases that a plan depends on. A start asks the programs; together they get 4 s, because agentapi is to be
/// started within 5.
struct Versions {
    private let context: StartContext
    private let state: StateDirectory
    /// Otherwise a start fails: nobody is asked, and its error says enough.
    private let areProgramsThere: Bool
    private let began = monotonicMilliseconds()

    init(_ context: StartContext, _ state: StateDirectory, areProgramsThere: Bool) {
        self.context = context
        self.areProgramsThere = areProgramsThere
        self.state = state
    }

    func agent(_ executable: Executable, _ findings: inout Findings) -> VersionAnswer {
        let finder = VersionFinder(
            name: context.agent.name,
            newestKnown: context.agent.newestKnown,
            executable: executable,
            option: context.request.agentVersion,
            environment: context.environment,
            memory: memory(context.agent.name),
            mayAsk: mayAsk,
            advice: "; --agent-version names another"
        )
        return find(finder, &findings)
    }

    func agentAPI(_ executable: Executable, _ findings: inout Findings) -> VersionAnswer {
        let left = began + 4000 - monotonicMilliseconds()
        let finder = VersionFinder(
            name: AgentAPIProgram.name,
            newestKnown: AgentAPIProgram.newestKnown,
            executable: executable,
            environment: context.environment,
            memory: memory(AgentAPIProgram.name),
            mayAsk: mayAsk,
            milliseconds: Int32(max(500, min(3000, left)))
        )
        let answer = find(finder, &findings)
        if case .found(let path, _) = executable, let version = answer.version {
            findings.saw(path, .ok, "agentapi \(version), \(answer.source.rawValue)")
        }
        return answer
    }

    private var mayAsk: Bool { !context.request.dryRun && areProgramsThere }

    private func find(_ finder: VersionFinder, _ findings: inout Findings) -> VersionAnswer {
        if context.request.dryRun || areProgramsThere { return finder.find(&findings) }
        var unsaid = Findings()
        return finder.find(&unsaid)
    }

    private func memory(_ program: String) -> Path { state.agent(program) / "versions.json" }
}
