/// Where goose keeps its sessions and its configuration.
struct GooseDirectories: Sendable {
    let sessions: Path
    let configuration: Path

    init(_ query: StoreQuery) {
        // Only absolute values count; goose before 1.44 took others as they are, from whatever directory it was in.
        let environment = query.environment
        if let root = environment.absolutePath("GOOSE_PATH_ROOT") {
            sessions = root / "data" / "sessions"
            configuration = root / "config" / "config.yaml"
        } else {
            let data = environment.absolutePath("XDG_DATA_HOME") ?? query.home / ".local" / "share"
            sessions = data / "goose" / "sessions"
            let settings = environment.absolutePath("XDG_CONFIG_HOME") ?? query.home / ".config"
            configuration = settings / "goose" / "config.yaml"
        }
    }

    var database: Path { sessions / "sessions.db" }
}
