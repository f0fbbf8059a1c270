extension Agent {
    /// Cursor's CLI. The id of a chat is captured after a cold start. It gives no error for an id that it does not
    /// know: what it is told to resume must be there.
    /// Facts: docs/agents/cursor.md.
    static let cursor = Agent(
        // At a glance
        name: "cursor",
        aliases: ["cursor-cli", "cursor-agent"],
        title: "Cursor CLI",
        executable: "cursor-agent",
        fallbackDirectories: ["~/.local/bin", "~/.cursor/bin"],
        install: "curl -fsS https://cursor.com/install | bash",
        agentAPIType: "cursor",
        oldestKnown: "2025.09.17",
        newestKnown: "2026.09.10",
        coderMatrix: CoderMatrix(
            module: "coder-labs/cursor-cli",
            support: .planned,
            issue: 747,
            sessionData: ["~/.cursor/"],
            minimumStorage: "50 MB"
        ),
        proof: Proof(
            kind: .documentation,
            what:
                "a double with real stores, made from public documentation and reports; stores of both layouts"
        ),
        limits: "part of each chat is on Cursor's server; which of two chat directories a release reads is "
            + "unknown",

        // Store
        store: { CursorStore($0) },
        isSessionID: { isUUID($0) && $0 == $0.lowercased() },

        // Command line
        refusedArguments: cursorRefusedArguments,
        needsVersion: { !$1 },
        command: cursorCommand,

        // Prompt
        // An argument, cold and warm; typed, or by agentapi, where it begins with `-`, which would be a flag, or is one
        // word, which may be a subcommand.
        promptIntake: { _, text in isMisread(text) ? .input : .argument() },

        // Resume
        // `--resume=ID`.
        otherDirectoryProblem: "would start another chat with the same ID",

        // Screen
        // Nobody could look at it.
        inputReadiness: .boxed,

        // Unattended
        firstRun: { query, _, version in cursorFirstRun(query, version) },

        // Environment
        pinnedURLs: { CursorDirectories($0).pinnedURLs }
    )
}

// MARK: - Command line

/// Flags that choose a chat or a directory or end after one answer, and the subcommands.
private let cursorRefusedArguments: Set<String> = [
    "--resume", "--continue", "-c", "--workspace", "--worktree", "-w", "--cloud", "--background", "-b",
    "--print",
    "-p", "--output-format", "--stream-partial-output",
    "resume", "ls", "create-chat", "agent", "acp", "login", "logout", "status", "whoami", "about", "models",
    "update",
    "upgrade", "mcp", "rule", "generate-rule", "help",
]

private let oldestWithTrustFlag: Version = "2026.07.20"

@Sendable private func cursorCommand(_ request: CommandRequest) throws(LaunchError) -> AgentCommand {
    try refuseFirstWord(request.extra, "cursor-agent takes it for a prompt or a subcommand")
    for word in request.extra where word.first == UInt8(ascii: "-") && word.count > 2 && word[1] != word[0] {
        throw LaunchError(
            .usage,
            "-- \(shown(word))",
            "several short flags in one word may choose a chat",
            "write each flag separately"
        )
    }
    var command = AgentCommand(arguments: ["cursor-agent"])
    if let model = request.model { command.arguments += ["--model", .init(model)] }
    if request.allowAll { command.arguments.append("-f") }
    let trusts = request.extra.contains(Bytes("--trust".utf8))
    if !request.attended, !trusts, request.version >= oldestWithTrustFlag {
        command.arguments.append("--trust")
    }
    command.arguments += request.extra.map { .text($0) }
    switch request.start {
    case .cold: break
    case .reuse(let session), .warm(let session): command.arguments.append(.init("--resume=" + session.id))
    }
    if let prompt = request.prompt { command.arguments.append(prompt) }
    if request.environment.given("NODE_OPTIONS") != nil {
        command.unset.append("NODE_OPTIONS")
        command.warnings.append(
            Warning("variable-removed", "NODE_OPTIONS is unset, because it breaks cursor-agent")
        )
    }
    return command
}

// MARK: - Prompt

private func isMisread(_ text: Bytes) -> Bool {
    let dash = UInt8(ascii: "-")
    return text.first == dash
        || text.count <= 40
            && text.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == dash }
}

// MARK: - Unattended

/// The dialogs in which an unattended start would wait for ever.
private func cursorFirstRun(_ query: StoreQuery, _ version: Version) -> [Warning] {
    let folders = CursorDirectories(query)
    func isThere(_ path: Path) -> Bool { (try? fileStatus(path)) != nil }
    var warnings: [Warning] = []
    let hasKey = ["CURSOR_API_KEY", "CURSOR_AUTH_TOKEN"].contains { query.environment.given($0) != nil }
    if !hasKey, !folders.configurations.contains(where: { isThere($0 / "auth.json") }) {
        warnings.append(
            Warning(
                "first-run-dialog",
                "cursor-agent is not logged in; set CURSOR_API_KEY, or run `cursor-agent login`"
            )
        )
    }
    if version < oldestWithTrustFlag, !isThere(folders.trustMarker) {
        warnings.append(
            Warning(
                "first-run-dialog",
                "cursor-agent asks whether to trust this directory; answer once, so that it creates "
                    + "\(folders.trustMarker), or update it to \(oldestWithTrustFlag) or newer"
            )
        )
    }
    return warnings
}
