import Glibc

/// What a plan needs to be run: the program that is executed, and the files that carry the prompt.
struct LaunchResources {
    let child: ChildProgram
    /// agentapi's standard input, if the prompt goes there.
    let input: Int32?
    private let promptFile: Path?

    init(_ start: PlannedStart) throws(LaunchError) {
        let plan = start.plan
        let executable = try start.programs.executed()
        let promptFiles = start.conversation.promptFile(start.moduleDirectory)
        let text = plan.prompt.text ?? []
        let promptFile = plan.command.contains(.promptFile) ? try promptFiles.create(text) : nil
        self.promptFile = promptFile
        input = plan.prompt.route == .stdin ? try promptFiles.openUnlinked(text) : nil
        child = ChildProgram(
            executable: executable,
            arguments: plan.arguments(promptFile: promptFile),
            environment: plan.environment.applied(to: start.context.environment),
            workdir: plan.workdir
        )
    }

    /// When the child has ended.
    func cleanUp() {
        if let promptFile { try? removeFile(promptFile) }
        if let input { close(input) }
    }
}
