/// Where goose keeps its sessions and its configuration.
struct GooseDirectories: Sendable {
    let sessions: Path
    let configuration: Path

    init(_ query: StoreQuery) {
        // Only absolute values count; goose before 1.44 took others as they are, from whatever directory it was in.
        func absolute(_ name: String) -> Path? {
            query.environment[name].map { Path(bytes: $0) }.flatMap { $0.isAbsolute ? $0 : nil }
        }
        if let root = absolute("GOOSE_PATH_ROOT") {
            sessions = root / "data" / "sessions"
            configuration = root / "config" / "config.yaml"
        } else {
            let data = absolute("XDG_DATA_HOME") ?? query.home / ".local" / "share"
            sessions = data / "goose" / "sessions"
            configuration = (absolute("XDG_CONFIG_HOME") ?? query.home / ".config") / "goose" / "config.yaml"
        }
    }

    var database: Path { sessions / "sessions.db" }
}
