/// The programs of one start, as they were found.
struct StartPrograms {
    let agent: Executable
    /// Nil without `--wrapper`.
    let wrapper: Executable?
    /// Nil for a direct start.
    let agentAPI: Executable?
    private let context: StartContext

    init(_ context: StartContext, _ launcher: ProcessContext) {
        self.context = context
        let request = context.request
        agent = context.agent.find(
            Self.name(context),
            environment: context.environment,
            home: launcher.home,
            relativeTo: context.workdir
        )
        wrapper = request.wrapper.first.map {
            .find($0, places: [], environment: context.environment, relativeTo: context.workdir)
        }
        agentAPI =
            context.transport == .agentapi
            ? AgentAPIProgram.find(context.environment, home: context.home, relativeTo: context.workdir)
                .executable
            : nil
    }

    private static func name(_ context: StartContext) -> Bytes {
        context.agent.programIsFirstArgument
            ? context.request.arguments.first ?? [] : Bytes(context.agent.executable.utf8)
    }

    var areThere: Bool { [agent, wrapper, agentAPI].compactMap(\.self).allSatisfy(\.isFound) }

    func warn(_ findings: inout Findings) {
        guard let wrapper, !wrapper.isFound else { return }
        let word = context.request.wrapper.first?.lossyText ?? ""
        findings.warn("wrapper-not-found", "\(word) not found or not executable")
    }

    /// The program that is executed: agentapi, else the wrapper, else the agent. The others have to be there too:
    /// whoever would start them says less clearly what is missing.
    func executed() throws(LaunchError) -> Path {
        var program = try found(
            agent,
            Self.name(context).lossyText,
            context.agent.programIsFirstArgument
                ? context.agent.install : "to install it: \(context.agent.install)"
        )
        if let wrapper {
            let name = context.request.wrapper.first?.lossyText ?? ""
            program = try found(wrapper, name, "install it, or remove --wrapper")
        }
        if let agentAPI { program = try found(agentAPI, AgentAPIProgram.name, AgentAPIProgram.install) }
        return program
    }

    /// Rather than an error of the kernel's when the conversation's record is written already.
    ///
    /// - Parameter promptFile: a path like that of the prompt's file, which the start makes.
    func checkSpace(_ plan: LaunchPlan, promptFile: Path) throws(LaunchError) {
        let arguments = plan.arguments(promptFile: promptFile)
        var program = Path(bytes: arguments.first ?? [])
        if case .found(let path, _) = agentAPI ?? agent { program = path }
        try ArgumentSpace().check(program, arguments, plan.environment.applied(to: context.environment))
    }

    private func found(
        _ executable: Executable,
        _ name: String,
        _ install: String
    ) throws(LaunchError) -> Path {
        switch executable {
        case .found(let path, _): return path
        case .notExecutable(let path):
            throw LaunchError(
                .notExecutable,
                "\(path)",
                "not executable",
                "chmod +x it"
            )
        case .missing:
            throw LaunchError(
                .notFound,
                name,
                "not found, neither on PATH nor in its usual directories",
                install
            )
        }
    }
}
