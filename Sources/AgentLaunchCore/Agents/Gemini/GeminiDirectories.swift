/// Where Gemini CLI keeps its files.
struct GeminiDirectories: Sendable {
    /// `.gemini` in `$GEMINI_CLI_HOME`, else in the home directory.
    let home: Path
    /// What the environment names in place of the machine's settings.
    let namedSettings: Path?
    private let workdir: Path

    static let settingsVariable = "GEMINI_CLI_SYSTEM_SETTINGS_PATH"
    /// The settings of the whole machine, which win over all others.
    static let machineSettings: Path = "/etc/gemini-cli/settings.json"

    init(_ query: StoreQuery) {
        func path(_ name: String) -> Path? { query.environment.path(name, in: query.workdir) }
        home = (path("GEMINI_CLI_HOME") ?? query.home) / ".gemini"
        namedSettings = path(Self.settingsVariable)
        workdir = query.workdir
    }

    var registry: Path { home / "projects.json" }
    var projects: Path { home / "tmp" }
    var settings: Path { home / "settings.json" }
    var pinnedURLs: [PinnedURL] {
        [workdir / ".gemini/settings.json", settings, namedSettings ?? Self.machineSettings].flatMap(
            PinnedURL.inText
        )
    }

    /// The folder of releases before 0.29, named by a digest of the directory.
    static func digest(_ directory: Path) -> String { SHA256.hex(directory.bytes) }
}
