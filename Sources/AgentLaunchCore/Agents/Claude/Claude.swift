extension Agent {
    /// Claude Code. Checked with releases 2.1.1 to 2.1.329.
    /// Facts: docs/agents/claude.md.
    static let claude = Agent(
        // At a glance
        name: "claude",
        aliases: ["claude-code"],
        title: "Claude Code",
        executable: "claude",
        fallbackDirectories: ["~/.local/bin", "~/.claude/local", "~/.npm-global/bin"],
        install: "curl -fsSL https://claude.ai/install.sh | bash",
        agentAPIType: "claude",
        oldestKnown: "2.1.1",
        newestKnown: "2.1.329",
        coderMatrix: CoderMatrix(
            module: "coder/claude-code",
            moduleVersion: "4.8.0",
            support: .full,
            sessionData: ["~/.claude/"],
            minimumStorage: .init("100 MB", "can grow to GB")
        ),
        proof: Proof(
            kind: .program,
            what:
                "2.1.329 on a terminal and under a double of agentapi; stores of 2.1.1 to 2.1.329"
        ),
        limits: "resumes a conversation of another directory by its session ID only from 2.1.329 on; "
            + "first-run questions can be answered only in its own configuration; transcripts "
            + "grow without bound",

        // Store
        store: { ClaudeStore($0) },
        isSessionID: isUUID,

        // Command line
        // Print mode ends after one answer and refuses a resume without a prompt; a worktree moves the session
        // to another directory.
        refusedArguments: [
            "--resume", "-r", "--continue", "-c", "--session-id", "--fork-session", "--from-pr", "--teleport",
            "--print", "-p", "--worktree", "-w", "--no-session-persistence",
        ],
        command: claudeCommand,

        // Prompt
        // Behind `--`, cold and warm. `/` is a command; `!` is text.
        promptIntake: { _, _ in .argument() },

        // Resume
        // `--resume ID`.

        // Screen
        // No prompt is typed.

        // Unattended
        firstRun: { query, allowAll, _ in ClaudeFirstRun(query, allowAll: allowAll).warnings() },

        // Environment
        pinnedURLs: { ClaudePinnedURL.find($0) }
    )
}

// MARK: - Command line

@Sendable private func claudeCommand(_ request: CommandRequest) throws(LaunchError) -> AgentCommand {
    try refuseFirstWord(request.extra, "Claude Code takes it for a prompt or a subcommand")
    var arguments: [AgentCommand.Argument] = ["claude"]
    if let model = request.model { arguments += ["--model", .init(model)] }
    if request.allowAll { arguments.append("--dangerously-skip-permissions") }
    arguments += request.extra.map { .text($0) }
    switch request.start {
    case .cold(let new):
        guard let id = new.id else {
            throw LaunchError(.bug, "claude", "a cold start has no session ID", "report this")
        }
        arguments += ["--session-id", .init(id)]
    // `--session-id` refuses a file that is there, also one without messages; `--resume` takes it.
    case .reuse(let session), .warm(let session): arguments += ["--resume", .init(session.id)]
    }
    if let prompt = request.prompt { arguments += ["--", prompt] }
    return AgentCommand(
        arguments: arguments,
        set: variables(request).filter { request.environment.given($0.name) == nil }
    )
}

// MARK: - Unattended

/// What the caller has set stays.
private func variables(_ request: CommandRequest) -> [(name: String, value: Bytes)] {
    var result: [(name: String, value: Bytes)] = []
    if !request.attended {
        result.append(("DISABLE_AUTOUPDATER", Bytes("1".utf8)))
        // Otherwise a long and old conversation may begin with the question whether to resume from a summary.
        if case .warm = request.start {
            result.append(("CLAUDE_CODE_RESUME_TOKEN_THRESHOLD", Bytes("1000000000".utf8)))
        }
    }
    // Claude Code refuses to skip permissions as root unless it is told that this is a sandbox.
    if request.allowAll, request.effectiveUserIsRoot { result.append(("IS_SANDBOX", Bytes("1".utf8))) }
    return result
}
