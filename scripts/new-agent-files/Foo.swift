extension Agent {
    /// Foo. It takes no session ID at creation: the ID is captured after a cold start.
    /// Facts: docs/agents/foo.md.
    static let foo = Agent(
        // At a glance
        name: "foo",
        title: "Foo",
        executable: "foo",
        fallbackDirectories: ["~/.local/bin"],
        install: "see the page of Foo",
        agentAPIType: "custom",
        oldestKnown: "1.0.0",
        newestKnown: "1.0.0",
        coderMatrix: CoderMatrix(sessionData: ["~/.foo/"]),
        proof: Proof(
            kind: .documentation,
            what: "a double with a real store, made from public documentation"
        ),
        limits: "unverified: the program itself was never run with these rules",

        // Store
        store: { FooStore($0) },
        isSessionID: isUUID,

        // Command line
        refusedArguments: ["--resume"],
        command: fooCommand,

        // Prompt
        // Behind `--`, cold and warm.
        promptIntake: { _, _ in .argument() }

        // Resume
        // `--resume ID`.

        // Screen
        // No prompt is typed.
    )
}

// MARK: - Command line

@Sendable private func fooCommand(_ request: CommandRequest) throws(LaunchError) -> AgentCommand {
    try refuseFirstWord(request.extra, "Foo takes it for a subcommand")
    var command = AgentCommand(arguments: ["foo"])
    if let model = request.model { command.arguments += ["--model", .init(model)] }
    if request.allowAll { command.arguments.append("--yes") }
    command.arguments += request.extra.map { .text($0) }
    switch request.start {
    case .cold: break
    case .reuse(let session), .warm(let session): command.arguments += ["--resume", .init(session.id)]
    }
    if let prompt = request.prompt { command.arguments += ["--", prompt] }
    return command
}
