import Glibc

/// What a plan needs to be run: the program that is executed, and the files that carry the prompt.
struct LaunchResources {
    let child: ChildProgram
    /// agentapi's standard input, if the prompt goes there.
    let input: Int32?
    private let promptFile: Path?

    init(
        _ outcome: Preparation.Outcome,
        _ preparation: Preparation,
        promptFiles: PromptFile
    ) throws(LaunchError) {
        let plan = outcome.plan
        let executable = try Self.program(outcome, preparation)
        let text = plan.prompt.text ?? []
        let promptFile = plan.command.contains(.promptFile) ? try promptFiles.create(text) : nil
        self.promptFile = promptFile
        input = plan.prompt.delivery == .stdin ? try promptFiles.openUnlinked(text) : nil
        child = ChildProgram(
            executable: executable,
            arguments: plan.arguments(promptFile: promptFile),
            environment: plan.environment.applied(to: preparation.context.environment),
            workdir: plan.workdir
        )
    }

    /// When the child has ended.
    func cleanUp() {
        if let promptFile { try? removeFile(promptFile) }
        if let input { close(input) }
    }

    /// The program that is executed: agentapi, else the wrapper, else the agent. The others have to be there too:
    /// whoever would start them says less clearly what is missing.
    static func program(
        _ outcome: Preparation.Outcome,
        _ preparation: Preparation
    ) throws(LaunchError) -> Path {
        let plan = outcome.plan
        let name =
            plan.agent.programIsFirstArgument
            ? preparation.context.request.arguments.first?.lossyText ?? "" : plan.agent.executable
        var program = try found(outcome.executable, name, plan.agent.install)
        if let wrapper = preparation.findWrapper() {
            let name = plan.wrapper.first?.lossyText ?? ""
            program = try found(wrapper, name, "install it, or leave --wrapper out")
        }
        if let server = plan.server {
            program = try found(server.program.executable, AgentAPIProgram.name, AgentAPIProgram.install)
        }
        return program
    }

    private static func found(
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
                "it is not executable",
                "chmod +x it, or install it anew"
            )
        case .missing:
            throw LaunchError(.notFound, name, "it is neither on PATH nor in its usual places", install)
        }
    }
}
