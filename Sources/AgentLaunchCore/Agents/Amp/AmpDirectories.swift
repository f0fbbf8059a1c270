/// Where Amp keeps what it keeps on this machine.
struct AmpDirectories {
    let data: Path
    let settings: Path

    init(_ query: StoreQuery) {
        func folder(_ variable: String, _ fallback: String) -> Path {
            (query.environment.absolutePath(variable) ?? query.home / fallback) / "amp"
        }
        data = folder("XDG_DATA_HOME", ".local/share")
        settings =
            query.environment.given("AMP_SETTINGS_FILE").map { Path(bytes: $0) }
            ?? folder("XDG_CONFIG_HOME", ".config") / "settings.json"
    }

    /// Whole threads, as releases up to early 2026 kept them.
    var threads: Path { data / "threads" }
    /// The last thread of the account or terminal, whatever directory it is of.
    var session: Path { data / "session.json" }
}
