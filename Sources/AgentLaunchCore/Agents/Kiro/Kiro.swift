extension Agent {
    /// Kiro CLI. It chooses the id; each of its engines resumes only its own conversations.
    /// Facts: docs/agents/kiro.md.
    static let kiro = Agent(
        // At a glance
        name: "kiro",
        aliases: ["kiro-cli"],
        title: "Kiro",
        executable: "kiro-cli",
        fallbackDirectories: ["~/.local/bin", "/usr/local/bin", "~/.kiro/bin"],
        install: "curl -fsSL https://cli.kiro.dev/install | bash",
        agentAPIType: "custom",
        oldestKnown: "2.5.1",
        newestKnown: "2.27.1",
        coderMatrix: CoderMatrix(sessionData: ["~/.kiro/", "~/.local/share/kiro-cli/"]),
        proof: Proof(
            kind: .documentation,
            what:
                "a double with the stores of the three engines, made from reports and from the source of Amazon Q, which one engine comes from"
        ),
        limits: "resumes by session ID from 2.5.1 on; its three engines cannot resume each other's "
            + "conversations, nor the Kiro editor's",

        // Store
        store: { KiroStore($0) },
        isSessionID: { KiroEngine.isSessionID($0) },

        // Command line
        refusedArguments: kiroRefusedArguments,
        needsVersion: { start, _ in if case .cold = start { false } else { true } },
        command: kiroCommand,

        // Prompt
        // Typed, or by agentapi: its interface loses one that stands in its arguments.
        storesPromptWithAnswer: true,

        // Resume
        // `--resume-id ID`, with the flag of the engine that holds the conversation.

        // Screen
        // Nobody could look at it.
        inputReadiness: .boxed,

        // Unattended
        firstRun: { query, _, _ in kiroFirstRun(query) },

        // Environment
        pinnedURLs: { query in
            [KiroDirectories(query).sessions.parent, query.workdir / ".kiro"].flatMap {
                PinnedURL.inFiles($0 / "settings/mcp.json", $0 / "agents")
            }
        }
    )
}

// MARK: - Command line

/// Flags that choose a session or its engine, list or delete sessions, or end after one answer.
private let kiroRefusedArguments: Set<String> = [
    "--resume", "-r", "--resume-id", "--resume-picker", "--list-sessions", "--all-cwds", "--delete-session",
    "--session-source", "--no-interactive", "--classic", "--tui", "--v1", "--v2", "--v3", "--agent-engine",
]

private let words = ArgumentWords(
    valued: [
        "--agent", "--model", "--trust-tools", "--effort", "--output-format", "--format", "--wrap", "-w",
    ],
    refusedShort: ["r"]
)

private let oldestThatResumesByID: Version = "2.5.1"

extension KiroEngine {
    /// A conversation of one engine is resumed by that engine alone.
    fileprivate var flags: [String] {
        switch self {
        case .classic: ["--classic"]
        case .flat: ["--agent-engine", "v2"]
        case .workspace: ["--agent-engine", "v3"]
        }
    }
}

@Sendable private func kiroCommand(_ request: CommandRequest) throws(LaunchError) -> AgentCommand {
    try words.check(request.extra, "kiro-cli")
    var command = AgentCommand(arguments: ["kiro-cli", "chat"])
    if let model = request.model { command.arguments += ["--model", .init(model)] }
    if request.allowAll { command.arguments.append("--trust-all-tools") }
    command.arguments += request.extra.map { .text($0) }
    switch request.start {
    case .cold: break
    case .reuse(let session), .warm(let session):
        guard request.version >= oldestThatResumesByID else {
            throw LaunchError(
                .usage,
                "kiro-cli \(request.version)",
                "this release cannot resume by session ID",
                "update kiro-cli to \(oldestThatResumesByID) or newer"
            )
        }
        let engine = KiroEngine(store: session.store)
        command.arguments += engine.flags.map { .init($0) } + ["--resume-id", .init(session.id)]
        if engine == .classic {
            command.warnings.append(
                Warning(
                    "resume-summarises",
                    "Kiro's classic engine first asks the model to summarise the conversation, which is a billed turn"
                )
            )
        }
        if let directory = session.directory, directory != request.workdir {
            command.warnings.append(
                Warning("other-directory", "the conversation was in \(directory), and continues here")
            )
        }
    }
    return command
}

// MARK: - Unattended

/// Nobody signed in: Kiro asks for it on the terminal.
private func kiroFirstRun(_ query: StoreQuery) -> [Warning] {
    guard query.environment.given("KIRO_API_KEY") == nil,
        KiroDatabase(KiroDirectories(query), query).isSignedIn == false
    else { return [] }
    return [
        Warning("first-run-dialog", "not signed in to Kiro; run `kiro-cli login`, or set KIRO_API_KEY")
    ]
}
