/// Where Gemini CLI keeps its files.
struct GeminiFolders: Sendable {
    /// `.gemini` in `$GEMINI_CLI_HOME`, else in the home directory.
    let home: Path

    init(_ query: StoreQuery) {
        let given = query.environment.given("GEMINI_CLI_HOME").map { Path(bytes: $0) }
        home = (given.map { $0.isAbsolute ? $0 : query.workdir / $0.bytes } ?? query.home) / ".gemini"
    }

    var registry: Path { home / "projects.json" }
    var projects: Path { home / "tmp" }
    var settings: Path { home / "settings.json" }

    /// The folder of releases before 0.29, named by a digest of the directory.
    static func digest(_ directory: Path) -> String { SHA256.hex(directory.bytes) }
}
