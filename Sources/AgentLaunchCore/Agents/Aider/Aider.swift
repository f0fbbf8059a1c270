extension Agent {
    /// Aider. It knows no sessions: its conversation is the chat history file that it is told to keep and to restore.
    /// Facts: docs/agents/aider.md.
    static let aider = Agent(
        // At a glance
        name: "aider",
        title: "Aider",
        executable: "aider",
        fallbackDirectories: ["~/.local/bin"],
        install: "python3 -m pip install aider-install && aider-install",
        agentAPIType: "aider",
        oldestKnown: "0.86.2",
        newestKnown: "0.86.2",
        coderMatrix: CoderMatrix(
            module: "coder/aider",
            support: .notSupported,
            issue: 739,
            sessionData: [.init(".aider.chat.history.md", "workdir")],
            minimumStorage: "50 MB"
        ),
        proof: Proof(
            kind: .program,
            what: "0.86.2 on a terminal and under a double of agentapi; histories that it wrote"
        ),
        limits: "a long conversation is restored as a summary, and never with the files that were "
            + "added; no session IDs, so no --resume",

        // Store
        store: { AiderStore($0) },
        isSessionID: { _ in false },
        hasSessionIDs: false,

        // Command line
        refusedArguments: aiderRefusedArguments,
        command: aiderCommand,

        // Prompt
        // Typed, or by agentapi: an argument would end the program once it is answered. `!` runs in the shell, and
        // `/` is a command.

        // Resume
        // `--restore-chat-history` with the file of the conversation, which a cold start names too.

        // Screen
        // Its questions begin a paste too, without this mark.
        inputReadiness: InputReadiness(marks: ["> "], announcesPaste: true),

        // Unattended
        firstRun: { query, allowAll, _ in aiderFirstRun(query, allowAll) }
    )
}

// MARK: - Command line

/// Flags that name a history or a message, and those that end without a conversation.
private let aiderRefusedArguments: Set<String> = [
    "--chat-history-file", "--restore-chat-history", "--no-restore-chat-history", "--message", "--msg", "-m",
    "--message-file", "-f", "--exit", "--apply", "--apply-clipboard-edits", "--commit", "--lint", "--test",
    "--gui", "--browser", "--show-repo-map", "--show-prompts", "--list-models", "--models", "--version",
    "--just-check-update", "--upgrade", "--update", "--install-main-branch", "--shell-completions", "--help",
    "-h",
]

@Sendable private func aiderCommand(_ request: CommandRequest) throws(LaunchError) -> AgentCommand {
    try refuseClusters(request.extra)
    try refuseAbbreviations(request.extra)
    let history: Path
    switch request.start {
    case .cold(let new):
        guard let file = new.file else {
            throw LaunchError(.bug, "aider", "the plan has no chat history file", "report this")
        }
        history = file
    case .reuse(let session), .warm(let session): history = session.store
    }
    var command = AgentCommand(arguments: ["aider"])
    if let model = request.model { command.arguments += ["--model", .init(model)] }
    if request.allowAll { command.arguments.append("--yes-always") }
    command.arguments += request.extra.map { .text($0) }
    command.arguments += ["--chat-history-file", .text(history.bytes), "--restore-chat-history"]
    for name in ["AIDER_MESSAGE", "AIDER_MESSAGE_FILE"] where request.environment.given(name) != nil {
        command.unset.append(name)
        command.warnings.append(
            Warning(
                "variable-removed",
                "\(name) would be sent at every start and end it; unset for aider"
            )
        )
    }
    if !request.attended {
        for name in aiderQuestions where request.environment.given(name) == nil {
            command.set.append((name, Bytes("false".utf8)))
        }
    }
    return command
}

/// Aider takes the beginning of a flag for the flag.
private func refuseAbbreviations(_ extra: [Bytes]) throws(LaunchError) {
    for word in extra.map(\.lossyText) where word.hasPrefix("--") {
        let flag = word.prefix { $0 != "=" }
        guard flag.count > 4, let whole = aiderRefusedArguments.sorted().first(where: { $0.hasPrefix(flag) })
        else { continue }
        throw LaunchError(
            .usage,
            "-- \(flag)",
            "aider may take it for \(whole), which agentlaunch decides itself",
            "use --prompt or --fresh instead"
        )
    }
}

// MARK: - Unattended

/// Questions and messages of a start, each with the variable that stops it.
private let aiderQuestions = [
    "AIDER_ANALYTICS", "AIDER_CHECK_UPDATE", "AIDER_GITIGNORE", "AIDER_SHOW_MODEL_WARNINGS",
    "AIDER_SHOW_RELEASE_NOTES",
]

private func aiderFirstRun(_ query: StoreQuery, _ allowAll: Bool) -> [Warning] {
    let settings = AiderSettings(query)
    return [settings.prompt.map(promptConfigured), gitQuestion(query, settings, allowAll)].compactMap(\.self)
}

private func promptConfigured(_ prompt: (flag: String, file: Path)) -> Warning {
    Warning(
        "prompt-configured",
        "\(prompt.file) sets \(prompt.flag): aider sends it at every start and exits; remove it and use --prompt"
    )
}

private func gitQuestion(_ query: StoreQuery, _ settings: AiderSettings, _ allowAll: Bool) -> Warning? {
    guard settings.value(of: "git") == nil, query.workdir != query.home,
        AiderHistory.repository(around: query.workdir) == nil
    else { return nil }
    if allowAll {
        return Warning(
            "git-repository-made",
            "aider --yes-always makes \(query.workdir) a git repository; --env AIDER_GIT=false prevents it"
        )
    }
    return Warning(
        "first-run-dialog",
        "aider asks whether to make \(query.workdir) a git repository; run `git init` there, or add "
            + "--env AIDER_GIT=false"
    )
}
