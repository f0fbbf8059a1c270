/// Where goose keeps its sessions and its configuration.
struct GooseDirectories: Sendable {
    let sessions: Path
    let configuration: Path
    private let hasProvider: Bool

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
        hasProvider = query.environment.given("GOOSE_PROVIDER") != nil
    }

    var database: Path { sessions / "sessions.db" }

    /// Without a provider goose ends at once, and bare `goose` opens its configuration dialog.
    var firstRun: [Warning] {
        if hasProvider { return [] }
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
}
