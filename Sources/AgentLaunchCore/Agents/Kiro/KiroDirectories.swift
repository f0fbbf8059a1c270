/// Where Kiro's three engines keep their conversations.
struct KiroDirectories: Sendable {
    /// What the record remembers: a volume that is not mounted is noticed by it.
    let sessions: Path
    /// The first engine's, and every engine's sign-in.
    let database: Path
    /// The third engine's: one folder for each workspace in each of these. Kiro's editor knows no `KIRO_HOME`.
    let workspaceRoots: [Path]

    init(_ query: StoreQuery) {
        let home = query.environment.path("KIRO_HOME", in: query.workdir) ?? query.home / ".kiro"
        sessions = home / "sessions"
        let data = query.environment.absolutePath("XDG_DATA_HOME") ?? query.home / ".local/share"
        database = data / "kiro-cli/data.sqlite3"
        let editors = query.home / ".kiro/sessions"
        workspaceRoots = editors == sessions ? [sessions] : [sessions, editors]
    }

    /// The second engine's: a few files for each session.
    var flat: Path { sessions / "cli" }
}

/// Which program inside Kiro a conversation belongs to: none of them resumes another one's.
enum KiroEngine: Sendable {
    case classic, flat, workspace

    /// By the file that holds the session.
    init(store: Path) {
        switch store.lastComponent {
        case Bytes("data.sqlite3".utf8): self = .classic
        case Bytes("session.json".utf8): self = .workspace
        default: self = .flat
        }
    }

    /// The id that this engine gives: a UUID, with a prefix for the third engine's own and for converted ones.
    static func isSessionID(_ id: String) -> Bool { isUUID(id) || isWorkspaceID(id) }

    static func isWorkspaceID(_ id: String) -> Bool {
        if id.hasPrefix("sess_") { return isUUID(String(id.dropFirst(5))) }
        guard id.hasPrefix("cli_") else { return false }
        let rest = id.dropFirst(4)
        guard isUUID(String(rest.prefix(36))) else { return false }
        let suffix = rest.dropFirst(36)
        return suffix.isEmpty
            || suffix.first == "_" && suffix.dropFirst().utf8.count == 8
                && suffix.dropFirst().allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
}
