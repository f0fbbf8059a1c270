/// Where OpenCode keeps its sessions.
struct OpenCodeDirectories: Sendable {
    /// `$XDG_DATA_HOME/opencode`, else `~/.local/share/opencode`.
    let data: Path
    /// `$OPENCODE_DB`, else `opencode.db`; nil for a database in memory, of which nothing is left.
    let database: Path?
    /// Its own configuration: files that it reads one after the other.
    let configurations: [Path]
    /// The caller chose the database, so that no other release channel's counts.
    private let isChosen: Bool

    init(_ query: StoreQuery) {
        // OpenCode takes relative values as they are, from the directory that it runs in.
        func path(_ name: String) -> Path? { query.environment.path(name, in: query.workdir) }
        data = (path("XDG_DATA_HOME") ?? query.home / ".local" / "share") / "opencode"
        let settings = path("XDG_CONFIG_HOME") ?? query.home / ".config"
        let named = path("OPENCODE_CONFIG")
        configurations =
            ["config.json", "opencode.json", "opencode.jsonc"].map { settings / "opencode" / $0 }
            + [named].compactMap(\.self)
        let given = query.environment.given("OPENCODE_DB")
        let isOneForAll = ["1", "true"].contains(query.environment["OPENCODE_DISABLE_CHANNEL_DB"]?.text)
        isChosen = given != nil || isOneForAll
        switch given {
        case nil: database = data / "opencode.db"
        case Bytes(":memory:".utf8)?: database = nil
        case let value?: database = Path(bytes: value).absolute(in: data)
        }
    }

    /// The JSON files of before 1.2.
    var legacy: Path { data / "storage" }

    /// A build of another channel (`dev`, `local`, …) keeps its sessions in a file of its own, and nothing outside
    /// the program tells its channel.
    func channelDatabases() -> [Path] {
        guard !isChosen, let names = try? namesInDirectory(data) else { return [] }
        return names.filter {
            let text = $0.text ?? ""
            return text.hasPrefix("opencode-") && text.hasSuffix(".db")
        }.map { data / $0 }
    }
}
