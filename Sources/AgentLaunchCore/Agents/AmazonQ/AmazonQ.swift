extension Agent {
    /// Amazon Q Developer CLI, whose successor is Kiro. It chooses the id and resumes by the directory alone.
    /// Facts: docs/agents/amazonq.md.
    static let amazonQ = Agent(
        // At a glance
        name: "amazonq",
        aliases: ["amazon-q", "q"],
        title: "Amazon Q",
        executable: "q",
        fallbackDirectories: ["~/.local/bin"],
        install: "https://docs.aws.amazon.com/amazonq/latest/qdeveloper-ug/command-line-installing.html",
        agentAPIType: "amazonq",
        agentAPISince: "0.7.0",
        oldestKnown: "1.10",
        newestKnown: "1.19.7",
        coderMatrix: CoderMatrix(
            module: "coder/amazon-q",
            support: .planned,
            issue: 746,
            sessionData: ["~/.local/share/amazon-q/", "~/.aws/amazonq/"],
            minimumStorage: "50 MB"
        ),
        proof: Proof(
            kind: .source,
            what: "a double with real stores, made from Amazon Q's source; stores of 1.9 to 1.19"
        ),
        limits: "a warm start begins with a summary, which is a billed turn; one conversation per "
            + "directory, so no --session; a prompt killed before its answer is given "
            + "again; Coder's old installer replaces the whole database at every start",

        // Store
        store: { AmazonQStore($0) },
        isSessionID: isUUID,
        hasOneConversationPerDirectory: true,

        // Command line
        // Without a terminal's questions it ends after one answer.
        refusedArguments: ["--resume", "-r", "--no-interactive", "--non-interactive"],
        command: amazonQCommand,

        // Prompt
        // Behind `--`, cold and warm. `!` runs in the shell, `/` is a command, and `@` names a stored prompt.
        promptIntake: { _, _ in .argument() },
        storesPromptWithAnswer: true,

        // Resume
        // `--resume`, by the directory alone.
        otherDirectoryProblem: "would start a new conversation",

        // Screen
        // No prompt is typed.

        // Unattended
        firstRun: { query, _, _ in amazonQFirstRun(query) },

        // Environment
        pinnedURLs: { query in
            let folder = query.home / ".aws/amazonq"
            return PinnedURL.inFiles(folder / "mcp.json", folder / "cli-agents")
                + PinnedURL.inFiles(
                    query.workdir / ".amazonq/mcp.json",
                    query.workdir / ".amazonq/cli-agents"
                )
        }
    )
}

// MARK: - Command line

private let words = ArgumentWords(
    valued: ["--agent", "--profile", "--model", "--trust-tools", "--wrap", "-w"],
    refusedShort: ["r"]
)

@Sendable private func amazonQCommand(_ request: CommandRequest) throws(LaunchError) -> AgentCommand {
    try words.check(request.extra, "q")
    var command = AgentCommand(arguments: ["q", "chat"])
    var isWarm = false
    if case .warm = request.start { isWarm = true }
    if isWarm { command.arguments.append("--resume") }
    if let model = request.model {
        command.arguments += ["--model", .init(model)]
        if isWarm {
            command.warnings.append(Warning("model-kept", "q resumes with the model of the conversation"))
        }
    }
    if request.allowAll { command.arguments.append("--trust-all-tools") }
    command.arguments += request.extra.map { .text($0) }
    if let prompt = request.prompt {
        command.arguments += ["--", prompt]
    } else if isWarm {
        command.warnings.append(
            Warning(
                "resume-summarises",
                "q first asks the model to summarise the conversation, which is a billed turn; "
                    + "--resume-prompt is sent instead"
            )
        )
    }
    return command
}

// MARK: - Unattended

/// Nobody signed in: q asks for it on the terminal.
private func amazonQFirstRun(_ query: StoreQuery) -> [Warning] {
    guard AmazonQStore(query).isSignedIn == false, query.environment.given("AMAZON_Q_SIGV4") == nil else {
        return []
    }
    return [Warning("first-run-dialog", "not signed in to Amazon Q; run `q login`")]
}
