extension Agent {
    /// Sourcegraph's Amp. A conversation is a thread on its server; a cold start pins a new one before it begins.
    /// Facts: docs/agents/amp.md.
    static let amp = Agent(
        // At a glance
        name: "amp",
        aliases: ["sourcegraph-amp"],
        title: "Amp",
        executable: "amp",
        fallbackDirectories: ["~/.amp/bin", "~/.local/bin", "~/.npm-global/bin"],
        install: "npm install -g @sourcegraph/amp",
        agentAPIType: "amp",
        agentAPISince: "0.4.0",
        oldestKnown: "0.0.1768",
        newestKnown: "0.0.1785",
        coderMatrix: CoderMatrix(
            module: "coder-labs/sourcegraph-amp",
            support: .planned,
            issue: 748,
            sessionData: [.init("~/.config/amp/", "configuration only")],
            minimumStorage: "10 MB"
        ),
        proof: Proof(
            kind: .documentation,
            what: "a double, made from public documentation and reports"
        ),
        limits: "needs network: threads are on Amp's server and cannot be checked before they are "
            + "resumed; no --model, no --allow-all; whether a typed prompt arrived cannot be seen, so a "
            + "resumed thread is not given a new prompt, whatever --on-new-prompt says",

        // Store
        store: { AmpStore($0) },
        isSessionID: isAmpThreadID,
        resemblesSessionID: resemblesAmpThreadID,

        // Command line
        refusedArguments: ampRefusedArguments,
        command: ampCommand,

        // Prompt
        // Typed, or by agentapi: the terminal program takes none as an argument.

        // Resume
        // `threads continue ID`; a cold start makes the thread first, and continues it too.
        newThread: ["threads", "new"],

        // Screen
        inputReadiness: InputReadiness(marks: ["╭", "╰"]),

        // Unattended
        firstRun: { query, _, _ in ampFirstRun(query) },

        // Environment
        pinnedURLs: { PinnedURL.inText(AmpDirectories($0).settings) }
    )
}

// MARK: - Store

/// `T-` and a UUID in small letters.
@Sendable private func isAmpThreadID(_ id: String) -> Bool {
    resemblesAmpThreadID(id) && id.dropFirst(2) == id.dropFirst(2).lowercased()
}

@Sendable private func resemblesAmpThreadID(_ id: String) -> Bool {
    id.hasPrefix("T-") && isUUID(String(id.dropFirst(2)))
}

// MARK: - Command line

/// Flags that choose a thread or end after one answer, and the subcommands.
private let ampRefusedArguments: Set<String> = [
    "--last", "--execute", "-x", "--stream-json", "--stream-json-input", "--no-archive-after-execute",
    "--archive",
    "--resume", "--continue", "--version", "-V", "--help", "-h",
    "threads", "thread", "t", "last", "login", "logout", "tools", "mcp", "doctor", "update", "review",
]

@Sendable private func ampCommand(_ request: CommandRequest) throws(LaunchError) -> AgentCommand {
    try refuseFirstWord(request.extra, "Amp takes it for a subcommand")
    try refuseClusters(request.extra)
    if request.model != nil {
        throw LaunchError(
            .usage,
            "--model",
            "Amp chooses its own models",
            "remove it, or choose a mode with `-- --mode NAME`"
        )
    }
    if request.allowAll {
        throw LaunchError(
            .usage,
            "--allow-all",
            "not every release of Amp has a flag for it",
            "remove it, and set amp.dangerouslyAllowAll in Amp's settings"
        )
    }
    var command = AgentCommand(arguments: ["amp"] + request.extra.map { .text($0) })
    command.arguments += ["threads", "continue"]
    switch request.start {
    case .cold(let new): command.arguments.append(new.id.map { .init($0) } ?? .newThread)
    case .reuse(let session), .warm(let session):
        command.arguments.append(.init(session.id))
        command.warnings.append(
            Warning(
                "not-verified",
                "only Amp's server knows whether thread \(session.id) still exists"
            )
        )
    }
    return command
}

// MARK: - Unattended

private func ampFirstRun(_ query: StoreQuery) -> [Warning] {
    if query.environment.given("AMP_API_KEY") != nil { return [] }
    let secrets = AmpDirectories(query).data / "secrets.json"
    if (try? fileStatus(secrets)) != nil { return [] }
    return [
        Warning(
            "first-run-dialog",
            "amp is not logged in; set AMP_API_KEY, or run `amp login`, which creates \(secrets)"
        )
    ]
}
