extension Agent {
    /// OpenCode's TUI. It takes no session id at creation: the id is captured after a cold start.
    /// Facts: docs/agents/opencode.md.
    static let openCode = Agent(
        // At a glance
        name: "opencode",
        title: "OpenCode",
        executable: "opencode",
        fallbackDirectories: ["~/.opencode/bin", "~/.local/bin", "~/.npm-global/bin"],
        install: "curl -fsSL https://opencode.ai/install | bash",
        agentAPIType: "opencode",
        oldestKnown: "1.1",
        newestKnown: "1.18.29",
        coderMatrix: CoderMatrix(
            module: "coder-labs/opencode",
            support: .partial,
            issue: 742,
            sessionData: ["~/.local/share/opencode/", "~/.config/opencode/"],
            minimumStorage: "50 MB"
        ),
        proof: Proof(
            kind: .source,
            what: "a double with real stores, made from OpenCode's source; stores of 1.1 to 1.18"
        ),
        limits: "a build of another release channel needs OPENCODE_DB",

        // Store
        store: { OpenCodeStore($0) },
        isSessionID: isOpenCodeSessionID,
        resemblesSessionID: { $0.hasPrefix("ses_") && $0 != "ses_" },

        // Command line
        refusedArguments: openCodeRefusedArguments,
        command: openCodeCommand,

        // Prompt
        // `--prompt=TEXT` when cold. When warm typed, or by agentapi: with `-s` it is dropped silently. `/` is a command.
        promptIntake: { start, _ in
            if case .warm = start { .input } else { .argument(prefix: "--prompt=") }
        },

        // Resume
        // `-s ID`.
        otherDirectoryProblem: "would work in the wrong directory",

        // Screen
        inputReadiness: InputReadiness(marks: ["╹▀▀▀"]),

        // Environment
        pinnedURLs: { OpenCodeDirectories($0).configurations.flatMap(PinnedURL.inText) }
    )
}

// MARK: - Store

/// `ses_`, 12 hexadecimal digits of the time and 14 letters or digits.
@Sendable private func isOpenCodeSessionID(_ id: String) -> Bool {
    let bytes = Bytes(id.utf8)
    guard bytes.count == 30, bytes.starts(with: Bytes("ses_".utf8)) else { return false }
    return bytes[4..<16].allSatisfy { isHexadecimal($0) } && bytes[16...].allSatisfy { isLetterOrDigit($0) }
}

private func isHexadecimal(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default: false
    }
}

// MARK: - Command line

/// Flags that choose a session, a prompt or a server's sessions, and the subcommands.
private let openCodeRefusedArguments: Set<String> = [
    "--continue", "-c", "--session", "-s", "--fork", "--prompt", "--dir",
    "run", "session", "serve", "web", "attach", "acp", "mcp", "agent", "auth", "providers", "upgrade",
    "uninstall",
    "models", "stats", "export", "import", "github", "pr", "db", "debug", "plugin", "completion", "help",
]

@Sendable private func openCodeCommand(_ request: CommandRequest) throws(LaunchError) -> AgentCommand {
    try refuseWords(request.extra)
    var command = AgentCommand(arguments: ["opencode"])
    if let model = request.model { command.arguments += ["-m", .init(model)] }
    command.arguments += request.extra.map { .text($0) }
    switch request.start {
    // With `-s` a session without messages could not take the prompt.
    case .cold, .reuse:
        if let prompt = request.prompt { command.arguments.append(prompt) }
    case .warm(let session): command.arguments += ["-s", .init(session.id)]
    }
    if request.allowAll { command.set.append(("OPENCODE_PERMISSION", Bytes(#"{"*":"allow"}"#.utf8))) }
    if !request.attended, request.environment.given("OPENCODE_DISABLE_AUTOUPDATE") == nil {
        command.set.append(("OPENCODE_DISABLE_AUTOUPDATE", Bytes("1".utf8)))
    }
    return command
}

/// Several short flags in one word may hide one that chooses a session, and a first word that is no flag is the
/// directory to work in.
private func refuseWords(_ extra: [Bytes]) throws(LaunchError) {
    for (index, word) in extra.enumerated() {
        let isFlag = word.first == UInt8(ascii: "-")
        if index == 0 && !isFlag {
            throw LaunchError(
                .usage,
                "-- \(shown(word))",
                "OpenCode takes a first word without a dash for its directory",
                "use --workdir instead"
            )
        }
        if isFlag, word.count > 2, word[1] != UInt8(ascii: "-"), word[2] != UInt8(ascii: "=") {
            throw LaunchError(
                .usage,
                "-- \(shown(word))",
                "several short flags in one word may choose a session",
                "write each flag separately"
            )
        }
    }
}
