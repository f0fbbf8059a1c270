/// The releases that a plan depends on. A start asks the programs; together they get 4 s, because agentapi is to be
/// started within 5.
struct Versions {
    private(set) var agent: VersionAnswer
    /// Nil for a direct start.
    private(set) var agentAPI: AgentAPIProgram?

    /// - Parameter memory: where the releases of programs are remembered.
    init(
        of programs: StartPrograms,
        for context: StartContext,
        _ start: CommandRequest.Start?,
        _ route: PromptRoute?,
        memory: StateDirectory,
        _ findings: inout Findings
    ) {
        let option = context.request.agentVersion
        agent = VersionAnswer(version: option, source: option == nil ? .notNeeded : .option)
        agentAPI = programs.agentAPI.map { AgentAPIProgram(executable: $0) }
        guard let start else { return }
        let isDryRun = context.request.dryRun
        let began = monotonicMilliseconds()
        // A start that lacks a program fails: nobody is asked, and its error says enough.
        var unsaid = Findings()
        func find(_ finder: VersionFinder) -> VersionAnswer {
            isDryRun || programs.areThere ? finder.find(&findings) : finder.find(&unsaid)
        }
        func finder(_ name: String, _ newest: Version, _ executable: Executable) -> VersionFinder {
            VersionFinder(
                name: name,
                newestKnown: newest,
                executable: executable,
                environment: context.environment,
                memory: memory.agent(name) / "versions.json",
                mayAsk: !isDryRun && programs.areThere
            )
        }
        if context.agent.needsVersion(start, context.isAttended) {
            var asked = finder(context.agent.name, context.agent.newestKnown, programs.agent)
            asked.option = option
            asked.advice = " (override with --agent-version)"
            agent = find(asked)
        }
        if let executable = programs.agentAPI, context.needsAgentAPIRelease(for: route) {
            var asked = finder(AgentAPIProgram.name, AgentAPIProgram.newestKnown, executable)
            asked.milliseconds = Int32(max(500, min(3000, began + 4000 - monotonicMilliseconds())))
            let answer = find(asked)
            agentAPI?.version = answer
            if case .found(let path, _) = executable, let version = answer.version {
                findings.saw(path, .ok, "agentapi \(version), \(answer.source.rawValue)")
            }
        }
    }
}
