extension Agent {
    /// Augment's Auggie. The id of a session is captured after a cold start.
    /// Facts: docs/agents/auggie.md.
    static let auggie = Agent(
        // At a glance
        name: "auggie",
        title: "Auggie",
        executable: "auggie",
        fallbackDirectories: ["~/.npm-global/bin", "~/.local/bin"],
        install: "npm install -g @augmentcode/auggie",
        agentAPIType: "auggie",
        agentAPISince: "0.6.0",
        oldestKnown: "0.17",
        newestKnown: "0.36.0",
        coderMatrix: CoderMatrix(
            module: "coder-labs/auggie",
            support: .planned,
            issue: 743,
            sessionData: ["~/.augment/"],
            minimumStorage: "50 MB"
        ),
        proof: Proof(
            kind: .documentation,
            what: "a double, made from public documentation and from files that others saw"
        ),
        limits: "unverified: never tested with the real program; needs Augment's "
            + "servers; no --allow-all",

        // Store
        store: { AuggieStore($0) },
        isSessionID: { isUUID($0) && $0 == $0.lowercased() },

        // Command line
        refusedArguments: auggieRefusedArguments,
        command: auggieCommand,

        // Prompt
        // `--instruction=TEXT`, cold and warm. `/` is a command.
        promptIntake: { _, _ in .argument(prefix: "--instruction=") },

        // Resume
        // `--resume ID`.

        // Screen
        // No prompt is typed.

        // Unattended
        firstRun: { query, _, _ in auggieFirstRun(query) },

        // Environment
        pinnedURLs: { query in
            ["coder_mcp.json", "user_mcp.json", "settings.json"].flatMap {
                PinnedURL.inText(AuggieStore.folder(query) / $0)
            }
        }
    )
}

// MARK: - Command line

/// Flags that choose a session, a prompt, a directory or another folder of sessions, or that end after one answer;
/// and the subcommands.
private let auggieRefusedArguments: Set<String> = [
    "--continue", "-c", "--resume", "-r", "--dont-save-session", "--instruction", "-i", "--instruction-file",
    "--queue", "--workspace-root", "-w", "--augment-cache-dir", "--print", "-p", "--output-format", "--acp",
    "session", "login", "logout", "tokens", "command", "mcp", "model", "models", "rules", "help",
]

@Sendable private func auggieCommand(_ request: CommandRequest) throws(LaunchError) -> AgentCommand {
    try refuseFirstWord(request.extra, "Auggie takes it for the prompt")
    try refuseClusters(request.extra)
    if request.allowAll {
        throw LaunchError(
            .usage,
            "--allow-all",
            "Auggie has no option to allow all tools",
            "remove it, and add `-- --permission TOOL:allow` for each tool"
        )
    }
    var command = AgentCommand(arguments: ["auggie", "--workspace-root", .text(request.workdir.bytes)])
    if let model = request.model { command.arguments += ["--model", .init(model)] }
    if !request.attended {
        // It would ask whether it may index the directory, and stall on an update of itself.
        let flag = "--allow-indexing"
        if !request.extra.contains(Bytes(flag.utf8)) { command.arguments.append(.init(flag)) }
        if request.environment.given("AUGMENT_DISABLE_AUTO_UPDATE") == nil {
            command.set.append(("AUGMENT_DISABLE_AUTO_UPDATE", Bytes("1".utf8)))
        }
    }
    command.arguments += request.extra.map { .text($0) }
    switch request.start {
    case .cold: break
    case .reuse(let session), .warm(let session): command.arguments += ["--resume", .init(session.id)]
    }
    if let prompt = request.prompt { command.arguments.append(prompt) }
    return command
}

// MARK: - Unattended

private func auggieFirstRun(_ query: StoreQuery) -> [Warning] {
    let variables = ["AUGMENT_SESSION_AUTH", "AUGMENT_API_TOKEN"]
    if variables.contains(where: { query.environment.given($0) != nil }) { return [] }
    let login = AuggieStore.folder(query) / "session.json"
    if (try? fileStatus(login)) != nil { return [] }
    return [
        Warning(
            "first-run-dialog",
            "auggie is not logged in; set AUGMENT_SESSION_AUTH, or run `auggie login`, which creates \(login)"
        )
    ]
}
