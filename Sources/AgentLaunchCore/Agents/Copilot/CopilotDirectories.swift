/// Where Copilot CLI keeps its files.
struct CopilotDirectories: Sendable {
    /// `$COPILOT_HOME`, else `~/.copilot`.
    let home: Path

    init(_ query: StoreQuery) {
        home = query.environment.path("COPILOT_HOME", in: query.workdir) ?? query.home / ".copilot"
    }

    var configuration: Path { home / "config.json" }
    var servers: Path { home / "mcp-config.json" }
    var sessions: Path { home / "session-state" }
    /// Older releases' sessions: read by releases up to 1.0.36 only, which move them and delete the old file.
    var legacySessions: Path { home / "history-session-state" }
}
