/// agentapi's command line and variables for one start (contract, section 6; agentapi's own rules are observed
/// facts of its releases 0.9 to 0.12).
struct AgentAPI: Sendable {
    static let defaultPort = 3284
    /// The chat page of Coder is made for these sizes.
    static let defaultWidth = 67
    static let defaultHeight = 1190
    /// Inherited ones that are kept, below our option and above the default.
    private static let kept: Set<String> = [
        "PORT", "CHAT_BASE_PATH", "ALLOWED_HOSTS", "ALLOWED_ORIGINS", "STATE_FILE", "PID_FILE", "SAVE_STATE",
        "TERM_WIDTH", "TERM_HEIGHT",
    ]
    private static let prefix = "AGENTAPI_"

    var type: String
    var port: Int?
    var width: Int?
    var height: Int?
    var keepsState: Bool
    /// The conversation's own directory, or its place in `--module-dir`.
    var folder: Path
    /// A warm start whose state file is its own.
    var loadsState: Bool
    /// The prompt goes by `-I`.
    var passesPrompt: Bool
    var environment: Environment

    /// agentapi with its options, without `--`.
    func arguments() throws(LaunchError) -> [AgentCommand.Argument] {
        let columns = try number(width, "TERM_WIDTH", 10...65535, Self.defaultWidth)
        let rows = try number(height, "TERM_HEIGHT", 10...65535, Self.defaultHeight)
        var result: [AgentCommand.Argument] = ["agentapi", "server", "--type", .init(type)]
        result += ["--term-width", .init(String(columns)), "--term-height", .init(String(rows))]
        if let port { result += ["--port", .init(String(port))] }
        if passesPrompt { result.append(.prompt(prefix: "--initial-prompt=")) }
        return result
    }

    func effectivePort() throws(LaunchError) -> Int {
        try number(port, "PORT", 1...65535, Self.defaultPort)
    }

    static func stateFile(_ environment: Environment, folder: Path) -> Path {
        environment.given("AGENTAPI_STATE_FILE").map { Path(bytes: $0) } ?? folder / "agentapi-state.json"
    }

    var pidFile: Path {
        environment.given("AGENTAPI_PID_FILE").map { Path(bytes: $0) } ?? folder / "agentapi.pid"
    }

    /// What changes in the environment. `AGENTAPI_BOUNDARY_PREFIX` is not agentapi's own: it is our `--wrapper`.
    func change(_ findings: inout Findings) throws(LaunchError) -> LaunchPlan.EnvironmentChange {
        var change = LaunchPlan.EnvironmentChange()
        for entry in environment.entries {
            let name = entry.name.lossyText
            guard name.hasPrefix(Self.prefix), name != "AGENTAPI_BOUNDARY_PREFIX" else { continue }
            let key = String(name.dropFirst(Self.prefix.count))
            if key == "INITIAL_PROMPT", !entry.value.isEmpty {
                throw LaunchError(
                    .usage,
                    name,
                    "agentapi would give this prompt at every start",
                    "unset it and use --prompt or --prompt-file"
                )
            }
            if Self.kept.contains(key) || key == "LOAD_STATE" { continue }
            change.unset.append(name)
            findings.warn(
                "agentapi-variable-removed",
                "\(name) is removed: it would change what agentapi does"
            )
        }
        let (setting, removing) =
            keepsState ? (stateSettings, []) : ([], ["STATE_FILE", "LOAD_STATE", "SAVE_STATE"])
        change.set += setting
        change.unset += removing.map { Self.prefix + $0 }.filter { environment[$0] != nil }
        if environment.given("AGENTAPI_PID_FILE") == nil {
            change.set.append(.init(name: "AGENTAPI_PID_FILE", value: pidFile.bytes))
        }
        let port = try effectivePort()
        if port != Self.defaultPort {
            change.set.append(
                .init(name: "CODER_MCP_AI_AGENTAPI_URL", value: Bytes("http://localhost:\(port)".utf8))
            )
        }
        return change
    }

    private var stateSettings: [LaunchPlan.EnvironmentChange.Setting] {
        var settings: [LaunchPlan.EnvironmentChange.Setting] = []
        if environment.given("AGENTAPI_STATE_FILE") == nil {
            settings.append(
                .init(name: "AGENTAPI_STATE_FILE", value: Self.stateFile(environment, folder: folder).bytes)
            )
        }
        settings.append(
            .init(name: "AGENTAPI_LOAD_STATE", value: Bytes((loadsState ? "true" : "false").utf8))
        )
        return settings
    }

    /// The option, else the inherited variable, else the default.
    private func number(
        _ option: Int?,
        _ key: String,
        _ range: ClosedRange<Int>,
        _ fallback: Int
    ) throws(LaunchError) -> Int {
        if let option { return option }
        guard let value = environment.given(Self.prefix + key) else { return fallback }
        guard let number = Int(value.lossyText), range.contains(number) else {
            throw LaunchError(
                .usage,
                Self.prefix + key,
                "\(value.lossyText) is not a number from \(range.lowerBound) to \(range.upperBound)",
                "unset it or correct it"
            )
        }
        return number
    }
}
