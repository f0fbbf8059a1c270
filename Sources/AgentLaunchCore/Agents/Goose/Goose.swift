extension Agent {
    /// Goose: a session is created under a name that needs nothing kept, and resumed by its id.
    /// Facts: docs/agents/goose.md.
    static let goose = Agent(
        // At a glance
        name: "goose",
        title: "Goose",
        executable: "goose",
        fallbackDirectories: ["~/.local/bin"],
        install: "https://block.github.io/goose/docs/getting-started/installation",
        agentAPIType: "goose",
        oldestKnown: "1.10",
        newestKnown: "1.45.0",
        coderMatrix: CoderMatrix(
            module: "coder/goose",
            support: .planned,
            issue: 744,
            sessionData: ["~/.local/share/goose/sessions/", "~/.config/goose/"],
            minimumStorage: "50 MB"
        ),
        proof: Proof(
            kind: .source,
            what: "a double with real stores, made from Goose's source; stores of schema 2 to 17"
        ),
        limits: "1.10 to 1.12 cannot create named sessions; -wal and -shm must stay beside its "
            + "database",

        // Store
        store: { GooseStore($0) },
        isSessionID: isGooseSessionID,
        resemblesSessionID: resemblesGooseSessionID,

        // Command line
        refusedArguments: gooseRefusedArguments,
        needsVersion: { start, _ in if case .cold = start { true } else { false } },
        command: gooseCommand,

        // Prompt
        // A file, `run -i FILE`, cold and warm. `!` runs in the shell; `/clear`, `/compact` and `/prompts` are commands.
        promptIntake: { _, _ in .file },

        // Resume
        // `--resume --session-id ID`.
        otherDirectoryProblem: "would ask a question on the terminal",

        // Screen
        // No prompt is typed.

        // Unattended
        firstRun: { query, _, _ in gooseFirstRun(query) },

        // Environment
        pinnedURLs: { PinnedURL.inText(GooseDirectories($0).configuration) }
    )
}

// MARK: - Store

/// `20261121_3`, or the name of a file that an older release wrote and a newer one imported.
@Sendable private func isGooseSessionID(_ id: String) -> Bool {
    guard let first = id.utf8.first, first != UInt8(ascii: "-"), id.utf8.count <= 255 else { return false }
    return id.unicodeScalars.allSatisfy { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            false
        default: scalar != "/" && scalar != "\u{FFFD}"
        }
    }
}

/// Of those only the first form: eight digits for the day, and a number.
@Sendable private func resemblesGooseSessionID(_ name: String) -> Bool {
    let parts = name.split(separator: "_", omittingEmptySubsequences: false)
    return parts.count == 2 && parts[0].utf8.count == 8 && !parts[1].isEmpty
        && parts.allSatisfy { $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }
}

// MARK: - Command line

/// Flags that choose a session or a prompt, and those of `run` or of `session` alone.
private let gooseRefusedArguments: Set<String> = [
    "--name", "--session-id", "--id", "--path", "--resume", "--fork", "--edit", "--history", "--no-session",
    "--instructions", "--text", "--recipe", "--interactive", "--params", "--system", "--sub-recipe",
    "--explain",
    "--render-recipe", "--quiet", "--output-format", "--provider", "--model", "run", "session",
]

@Sendable private func gooseCommand(_ request: CommandRequest) throws(LaunchError) -> AgentCommand {
    try refuseFirstWord(request.extra, "goose takes no positional arguments")
    for argument in request.extra {
        // `-tTEXT` and `-rn` are the same flags in short.
        guard argument.count > 1, argument[0] == UInt8(ascii: "-"), "fhinpqrst".utf8.contains(argument[1])
        else {
            continue
        }
        throw .ownedArgument(shown(argument))
    }
    var command = AgentCommand(arguments: ["goose", request.prompt == nil ? "session" : "run"])
    command.arguments += request.extra.map { .text($0) }
    switch request.start {
    case .cold(let new):
        if request.version >= "1.10" && request.version < "1.13" {
            throw LaunchError(
                .usage,
                "goose \(request.version)",
                "this release cannot create a session with --name",
                "update goose to 1.13 or newer"
            )
        }
        command.arguments += named(new.name ?? GooseNames(workdir: request.workdir, name: "default").base)
    case .reuse(let session), .warm(let session):
        command.arguments += ["--resume", "--session-id", .init(session.id)]
        if let directory = session.directory, directory != request.workdir {
            command.warnings.append(
                Warning(
                    "other-directory",
                    "goose may ask a question, because the conversation was in \(directory)"
                )
            )
        }
        if request.model != nil {
            command.warnings.append(Warning("model-kept", "goose resumes with the model of the conversation"))
        }
    }
    if let prompt = request.prompt { command.arguments += ["-s", "-i", prompt] }
    if let model = request.model { command.set.append(("GOOSE_MODEL", Bytes(model.utf8))) }
    if request.allowAll { command.set.append(("GOOSE_MODE", Bytes("auto".utf8))) }
    let isTelemetryChosen = ["GOOSE_TELEMETRY_OFF", "GOOSE_TELEMETRY_ENABLED"].contains {
        request.environment.given($0) != nil
    }
    if !request.attended && !isTelemetryChosen {
        command.set.append(("GOOSE_TELEMETRY_OFF", Bytes("1".utf8)))
    }
    return command
}

/// A name that begins with `-` would be taken for a flag.
private func named(_ name: String) -> [AgentCommand.Argument] {
    name.hasPrefix("-") ? [.init("--name=" + name)] : ["--name", .init(name)]
}

// MARK: - Unattended

/// Without a provider goose ends at once, and bare `goose` opens its configuration dialog.
private func gooseFirstRun(_ query: StoreQuery) -> [Warning] {
    if query.environment.given("GOOSE_PROVIDER") != nil { return [] }
    let configuration = GooseDirectories(query).configuration
    let bytes = try? contentsOfSmallFile(configuration, limit: 1 << 20)
    let lines = (bytes ?? nil)?.split(separator: UInt8(ascii: "\n")) ?? []
    let key = Bytes("GOOSE_PROVIDER:".utf8)
    let isConfigured = lines.contains { line in
        line.starts(with: key) && line.dropFirst(key.count).contains { $0 > UInt8(ascii: " ") }
    }
    if isConfigured { return [] }
    return [
        Warning(
            "first-run-dialog",
            "goose has no provider; add the line `GOOSE_PROVIDER: <name>` to \(configuration), set GOOSE_PROVIDER, "
                + "or run `goose configure`"
        )
    ]
}
