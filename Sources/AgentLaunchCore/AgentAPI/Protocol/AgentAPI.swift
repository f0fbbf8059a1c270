/// agentapi's command line and files for one start (docs/specification.md#agentapi). agentapi's own
/// rules were observed with its releases 0.9 to 0.12 (docs/agents/agentapi.md).
struct AgentAPI: Sendable {
    static let defaultPort = 3284
    /// The chat page of Coder is made for these sizes.
    static let defaultWidth = 67
    static let defaultHeight = 1190
    static let prefix = "AGENTAPI_"

    /// What the launcher itself has to know of the agentapi it starts.
    struct Server: Equatable, Sendable {
        var program: AgentAPIProgram
        var port: Int
        /// Absolute, as the next one. Nil where none can be written: agentapi would not start.
        var pidFile: Path?
        /// Nil without `--state-persistence`.
        var stateFile: Path?
        /// The state file is this session's own, and agentapi reads it.
        var loadsState: Bool
    }

    var type: String
    var request: Request
    var program: AgentAPIProgram
    var workdir: Path
    /// The conversation's own directory, or its place in `--module-dir`.
    var folder: Path
    var isFolderWritable = true
    /// What stands at the state file's path is left as it is.
    var savesState = true
    /// A warm start whose state file is its own.
    var loadsState: Bool
    /// The prompt goes by `-I`.
    var passesPrompt: Bool
    /// What agentapi would get, the user's `--env` included.
    var environment: Environment

    /// agentapi with its options, without `--`.
    func arguments() throws(LaunchError) -> [AgentCommand.Argument] {
        let columns = try number(request.termWidth, "TERM_WIDTH", in: 10...65535, or: Self.defaultWidth)
        let rows = try number(request.termHeight, "TERM_HEIGHT", in: 10...65535, or: Self.defaultHeight)
        var result: [AgentCommand.Argument] = ["agentapi", "server", "--type", .init(type)]
        if case .found(let path, isOnPath: false) = program.executable { result[0] = .text(path.bytes) }
        result += ["--term-width", .init(String(columns)), "--term-height", .init(String(rows))]
        if let port = request.port { result += ["--port", .init(String(port))] }
        if passesPrompt { result.append(.prompt(prefix: "--initial-prompt=")) }
        return result
    }

    func server() throws(LaunchError) -> Server {
        Server(
            program: program,
            port: try port(),
            pidFile: file("PID_FILE") ?? (isFolderWritable ? folder / "agentapi.pid" : nil),
            stateFile: request.statePersistence ? stateFile : nil,
            loadsState: loadsState && request.statePersistence && program.can(.state)
        )
    }

    func port() throws(LaunchError) -> Int {
        try number(request.port, "PORT", in: 1...65535, or: Self.defaultPort)
    }

    var stateFile: Path { Self.stateFile(environment, folder: folder, workdir: workdir) }

    static func stateFile(_ environment: Environment, folder: Path, workdir: Path) -> Path {
        file("STATE_FILE", environment, workdir) ?? folder / "agentapi-state.json"
    }

    /// An inherited path. agentapi runs in the working directory, where a relative one begins.
    private static func file(_ key: String, _ environment: Environment, _ workdir: Path) -> Path? {
        guard let value = environment.given(prefix + key) else { return nil }
        return value.first == UInt8(ascii: "/") ? Path(bytes: value) : workdir / value
    }

    func file(_ key: String) -> Path? { Self.file(key, environment, workdir) }

    /// The option, else the inherited variable, else the default.
    private func number(
        _ option: Int?,
        _ key: String,
        in range: ClosedRange<Int>,
        or fallback: Int
    ) throws(LaunchError) -> Int {
        if let option { return option }
        guard let value = environment.given(Self.prefix + key) else { return fallback }
        // agentapi takes what it cannot read for 0, and a leading 0 for another base.
        let isPlain = value.first != UInt8(ascii: "0") && value.allSatisfy { (0x30...0x39).contains($0) }
        guard isPlain, let number = Int(value.lossyText), range.contains(number) else {
            throw LaunchError(
                .usage,
                Self.prefix + key,
                "invalid value",
                "unset it, or set a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }
}
