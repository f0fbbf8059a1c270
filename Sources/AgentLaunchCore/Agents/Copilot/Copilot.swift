extension Agent {
    /// GitHub Copilot CLI. Checked with releases 1.0.36 to 1.0.64.
    /// Facts: docs/agents/copilot.md.
    static let copilot = Agent(
        // At a glance
        name: "copilot",
        title: "Copilot CLI",
        executable: "copilot",
        fallbackDirectories: ["~/.local/bin", "~/.npm-global/bin"],
        install: "npm install -g @github/copilot",
        agentAPIType: "copilot",
        oldestKnown: "1.0.36",
        newestKnown: "1.0.64",
        coderMatrix: CoderMatrix(
            module: "coder-labs/copilot",
            support: .partial,
            issue: 741,
            sessionData: ["~/.copilot/"],
            minimumStorage: "50 MB"
        ),
        proof: Proof(
            kind: .program,
            what:
                "1.0.64 on a terminal and under a double of agentapi; what it refuses measured on damaged copies; stores of 1.0.36 and 1.0.64"
        ),
        limits: "sessions of releases before session-state/ are not resumed"
            + "; if a killed Copilot left a lock and its pid is in use again, it asks before it resumes (resume-dialog)",

        // Store
        store: { CopilotStore($0) },
        isSessionID: isUUID,

        // Command line
        refusedArguments: copilotRefusedArguments,
        // A warm start is the same in every release.
        needsVersion: { start, _ in if case .warm = start { false } else { true } },
        command: copilotCommand,

        // Prompt
        // Typed, or by agentapi: one in its arguments is sent only by whoever is signed in to GitHub. `!` runs in the
        // shell, and `/` is a command.

        // Resume
        // `--resume=ID`.
        // It changes to the directory that the session remembers.
        otherDirectoryProblem: "would work in the other directory",

        // Screen
        // Its dialogs hide the cursor; the mark is in them too.
        inputReadiness: InputReadiness(marks: ["❯"], announcesPaste: true, showsCursor: true),

        // Unattended
        firstRun: { query, allowAll, _ in CopilotFirstRun(query, allowAll: allowAll).warnings() },

        // Environment
        pinnedURLs: {
            PinnedURL.inFiles([CopilotDirectories($0).servers], orScript: "/tmp/coder-mcp-server.sh")
        }
    )
}

// MARK: - Command line

/// Flags that choose a session or a directory, end after one answer or move the store, and the subcommands.
private let copilotRefusedArguments: Set<String> = [
    "--continue", "--resume", "-r", "--session-id", "--connect", "--name", "-n", "--prompt", "-p",
    "--interactive", "-i", "-C", "--config-dir", "--acp",
    "help", "init", "login", "mcp", "plugin", "update", "version",
]

/// Before it, a new id is created by resuming it.
private let oldestWithSessionID: Version = "1.0.51"

@Sendable private func copilotCommand(_ request: CommandRequest) throws(LaunchError) -> AgentCommand {
    try refuseFirstWord(request.extra, "Copilot takes it for a subcommand")
    var command = AgentCommand(arguments: ["copilot"])
    if let model = request.model { command.arguments += ["--model", .init(model)] }
    if request.allowAll { command.arguments.append("--allow-all-tools") }
    command.arguments += request.extra.map { .text($0) }
    switch request.start {
    case .cold(let new):
        guard let id = new.id else {
            throw LaunchError(.bug, "copilot", "a cold start has no session ID", "report this")
        }
        command.arguments += creation(id, request.version)
    // A folder without a user's message: resuming it is refused, creating it is not.
    case .reuse(let session): command.arguments += creation(session.id, request.version)
    case .warm(let session): command.arguments.append(.init("--resume=" + session.id))
    }
    command.set = variables(request).filter { request.environment.given($0.name) == nil }
    return command
}

private func creation(_ id: String, _ version: Version) -> [AgentCommand.Argument] {
    version < oldestWithSessionID ? [.init("--resume=" + id)] : ["--session-id", .init(id)]
}

// MARK: - Unattended

/// What the caller has set stays.
private func variables(_ request: CommandRequest) -> [(name: String, value: Bytes)] {
    guard !request.attended else { return [] }
    var result = [(name: "COPILOT_AUTO_UPDATE", value: Bytes("false".utf8))]
    // Beside allowing every tool it answers the question whether the directory is trusted; the flag does not.
    if request.allowAll { result.append(("COPILOT_ALLOW_ALL", Bytes("true".utf8))) }
    return result
}
