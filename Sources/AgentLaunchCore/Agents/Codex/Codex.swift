extension Agent {
    /// OpenAI's Codex CLI. It takes no session id at creation: the id is captured after a cold start.
    /// Facts: docs/agents/codex.md.
    static let codex = Agent(
        // At a glance
        name: "codex",
        title: "Codex CLI",
        executable: "codex",
        fallbackDirectories: ["~/.npm-global/bin", "~/.local/bin"],
        install: "npm install -g @openai/codex",
        agentAPIType: "codex",
        oldestKnown: "0.133",
        newestKnown: "0.163.0",
        coderMatrix: CoderMatrix(
            module: "coder-labs/codex",
            moduleVersion: "4.2.0",
            support: .full,
            sessionData: ["~/.codex/", "~/.codex-module/"],
            minimumStorage: "100 MB"
        ),
        proof: Proof(
            kind: .program,
            what:
                "0.163.0 on a terminal and under a double of agentapi; stores of 0.133 to 0.163"
        ),
        limits: "a compressed rollout (.zst) that nothing else lists is unknown, and needs 0.147 or newer to "
            + "be resumed; agentapi up to 0.12.1 does not know 0.163's input box, so its chat accepts "
            + "no message: add -- -c tui.status_line=[]",

        // Store
        store: { CodexStore($0) },
        isSessionID: { CodexHome.isThreadID($0) },

        // Command line
        refusedArguments: codexRefusedArguments,
        needsVersion: { _, _ in true },
        command: codexCommand,

        // Prompt
        // Behind `--`, cold and warm. `!` runs in the shell; `/` is text.
        promptIntake: { _, _ in .argument() },

        // Resume
        // `resume ID`.

        // Screen
        // No prompt is typed.

        // Unattended
        firstRun: { query, _, version in CodexFirstRun(query, version).warnings },

        // Environment
        pinnedURLs: {
            PinnedURL.inText(CodexHome($0.environment, home: $0.home, workdir: $0.workdir).configuration)
        }
    )
}

// MARK: - Command line

/// Subcommands, and flags that choose a session or directory. `-i` belongs to one prompt, and takes every word
/// behind it, `resume` too. `--remote` and `--ephemeral` keep the session where it is not found again.
private let codexRefusedArguments: Set<String> = [
    "resume", "fork", "exec", "e", "review", "archive", "unarchive", "delete", "queue", "agents",
    "app-server",
    "remote-control",
    "--last", "--all", "--include-non-interactive", "-C", "--cd", "--worktree", "--remote",
    "--remote-auth-token-env", "--ephemeral", "-i", "--image",
]

private let oldestWithDaemonFlag: Version = "0.156"
private let oldestThatUnpacks: Version = "0.147"

@Sendable private func codexCommand(_ request: CommandRequest) throws(LaunchError) -> AgentCommand {
    try refuseFirstWord(request.extra, "Codex takes it for a prompt or a subcommand")
    var arguments: [AgentCommand.Argument] = ["codex"]
    // The daemon of one CODEX_HOME runs every thread's tools with the environment of whoever started it first, and
    // goes on with a turn when its terminal is gone.
    if request.version >= oldestWithDaemonFlag, !request.extra.contains(Bytes("--no-daemon".utf8)) {
        arguments.append("--no-daemon")
    }
    // Also when warm: a thread that began in another directory would be asked about in a dialog.
    arguments += ["-C", .text(request.workdir.bytes)]
    if let model = request.model { arguments += ["-m", .init(model)] }
    if request.allowAll { arguments.append("--dangerously-bypass-approvals-and-sandbox") }
    arguments += request.extra.map { .text($0) }
    switch request.start {
    case .cold: break
    case .reuse(let session), .warm(let session):
        if CodexRolloutFile(session.store)?.isCompressed == true, request.version < oldestThatUnpacks {
            throw LaunchError(
                .unknown,
                "\(session.store)",
                "Codex \(request.version) cannot read a compressed rollout",
                "update Codex to \(oldestThatUnpacks) or newer, or decompress the file with `zstd -d`"
            )
        }
        arguments += ["resume", .init(session.id)]
    }
    if let prompt = request.prompt { arguments += ["--", prompt] }
    return AgentCommand(arguments: arguments)
}
