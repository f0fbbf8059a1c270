extension Agent {
    /// Gemini CLI. From 0.41 on it takes an id at creation; before, the id is captured.
    /// Facts: docs/agents/gemini.md.
    static let gemini = Agent(
        // At a glance
        name: "gemini",
        title: "Gemini CLI",
        executable: "gemini",
        fallbackDirectories: ["~/.local/bin", "~/.npm-global/bin"],
        install: "npm install -g @google/gemini-cli",
        agentAPIType: "gemini",
        oldestKnown: "0.15",
        newestKnown: "0.56.0",
        coderMatrix: CoderMatrix(
            module: "coder-labs/gemini",
            support: .planned,
            issue: 745,
            sessionData: ["~/.gemini/"],
            minimumStorage: .init("200 MB", "can reach 400 MB")
        ),
        proof: Proof(
            kind: .source,
            what:
                "a double with real stores and Gemini's retention, made from Gemini's source; stores of 0.15 to 0.56"
        ),
        limits: "its session retention deletes conversations: unattended starts turn it off, unless the "
            + "machine has system settings, and others warn; a message without text is "
            + "unknown",

        // Store
        store: { GeminiStore($0) },
        isSessionID: isUUID,

        // Command line
        refusedArguments: geminiRefusedArguments,
        needsVersion: { start, _ in if case .cold = start { true } else { false } },
        command: geminiCommand,

        // Prompt
        // `--prompt-interactive=TEXT`, cold and warm: all of it is text.
        promptIntake: { _, _ in .argument(prefix: "--prompt-interactive=") },

        // Resume
        // `--resume ID`.
        otherDirectoryProblem: "would not find it",

        // Screen
        // No prompt is typed.

        // Unattended
        firstRun: { query, _, _ in geminiFirstRun(query) },
        safeguard: { GeminiRetention($0).safeguard(isAttended: $1) },

        // Environment
        pinnedURLs: { GeminiDirectories($0).pinnedURLs }
    )
}

// MARK: - Command line

private let geminiRefusedArguments: Set<String> = [
    "--resume", "-r", "--session-id", "--session-file", "--list-sessions", "--delete-session",
    "--prompt", "-p", "--prompt-interactive", "-i", "--worktree", "-w", "--acp", "--experimental-acp",
    "mcp", "extensions", "skills", "hooks",
]

private let oldestWithSessionID: Version = "0.41"

@Sendable private func geminiCommand(_ request: CommandRequest) throws(LaunchError) -> AgentCommand {
    try refuseFirstWord(request.extra, "Gemini takes it for a prompt or a subcommand")
    try refuseClusters(request.extra)
    try refuseOtherSpellings(request.extra)
    var command = AgentCommand(arguments: ["gemini"])
    if let model = request.model { command.arguments += ["-m", .init(model)] }
    if request.allowAll { command.arguments.append("--yolo") }
    command.arguments += request.extra.map { .text($0) }
    switch request.start {
    case .cold(let new):
        if request.version < oldestWithSessionID {
            command.assignsOwnID = true
        } else if let id = new.id {
            command.arguments += ["--session-id", .init(id)]
        } else {
            throw LaunchError(.bug, "gemini", "a cold start has no session ID", "report this")
        }
    case .reuse(let session), .warm(let session): command.arguments += ["--resume", .init(session.id)]
    }
    if let prompt = request.prompt { command.arguments.append(prompt) }
    guard !request.attended else { return command }
    // With one of these it takes itself for a run without a terminal.
    command.unset = ["CI", "GITHUB_ACTIONS"]
    if request.environment.given("GEMINI_CLI_TRUST_WORKSPACE") == nil {
        command.set.append(("GEMINI_CLI_TRUST_WORKSPACE", Bytes("true".utf8)))
    }
    return command
}

/// Gemini's parser takes `--sessionId` for `--session-id`.
private func refuseOtherSpellings(_ extra: [Bytes]) throws(LaunchError) {
    for word in extra.map(\.lossyText) where word.hasPrefix("--") {
        let flag = word.prefix { $0 != "=" }
        let spelling = flag.map { $0.isUppercase ? "-" + $0.lowercased() : String($0) }.joined()
        guard geminiRefusedArguments.contains(spelling) else { continue }
        throw LaunchError(
            .usage,
            "-- \(flag)",
            "Gemini takes it for \(spelling), which agentlaunch decides itself",
            "use --resume, --fresh or --prompt instead"
        )
    }
}

// MARK: - Unattended

/// The question with which it blocks before its prompt, and what answers it beforehand.
private func geminiFirstRun(_ query: StoreQuery) -> [Warning] {
    let path = GeminiDirectories(query).settings
    let record = try? JSONRecord.of(file: path, ["security.auth.selectedType", "selectedAuthType"])
    let value = (record ?? nil)?.value
    if value?["security"]?["auth"]?["selectedType"]?.text != nil || value?["selectedAuthType"]?.text != nil {
        return []
    }
    return [
        Warning(
            "first-run-dialog",
            "Gemini CLI will first ask how to sign in, unless \(path) has: "
                + #""security": {"auth": {"selectedType": "gemini-api-key"}}"#
        )
    ]
}
