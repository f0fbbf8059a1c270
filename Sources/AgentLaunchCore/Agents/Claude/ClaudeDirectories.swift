/// Where Claude Code keeps its files.
struct ClaudeDirectories: Sendable {
    /// `$CLAUDE_CONFIG_DIR`, else `~/.claude`.
    let configuration: Path
    /// `.claude.json`: in the folder above if the variable names one, else in the home directory.
    let settings: Path
    /// Where sessions of the directory are: the folder that today's releases use, then that of older ones.
    let projects: [Path]

    var allProjects: Path { configuration / "projects" }
    var liveSessions: Path { configuration / "sessions" }

    init(_ query: StoreQuery) {
        if let given = query.environment.path("CLAUDE_CONFIG_DIR", in: query.workdir) {
            configuration = given
            settings = configuration / ".claude.json"
        } else {
            configuration = query.home / ".claude"
            settings = query.home / ".claude.json"
        }
        let root = configuration / "projects"
        projects = Self.names(query.workdir).map { root / $0 }
    }

    /// The folder names of a directory. Every UTF-16 unit but ASCII letters and digits becomes `-`; beyond 200
    /// the name is cut and a hash of the directory's path tells it apart. Release 2.1.1 did not cut.
    static func names(_ directory: Path) -> [String] {
        let units = Array(directory.bytes.lossyText.utf16)
        let encoded = units.map { unit -> UInt8 in
            switch unit {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: UInt8(unit)
            default: UInt8(ascii: "-")
            }
        }
        guard encoded.count > 200 else { return [encoded.lossyText] }
        let hash = units.reduce(Int32(0)) { ($0 << 5) &- $0 &+ Int32($1) }
        let cut = Bytes(encoded[..<200]).lossyText + "-" + String(hash.magnitude, radix: 36)
        // No file system in use takes a longer name.
        return encoded.count <= 255 ? [cut, encoded.lossyText] : [cut]
    }
}
