/// Where agentlaunch keeps what it remembers:
/// `${XDG_STATE_HOME:-~/.local/state}/agentlaunch/<agent>/<name>-<16 hex of SHA-256(workdir)>/`.
struct StateDirectory: Equatable, Sendable {
    /// Held for life by whoever runs the conversation: in its own directory.
    static let lock = "lock"

    let root: Path

    init(environment: Environment, home: Path) {
        root = (environment.absolutePath("XDG_STATE_HOME") ?? home / ".local/state") / "agentlaunch"
    }

    /// The conversations' own directories, of one agent or of all; other folders of ours stand between them.
    static func conversations(in root: Path, of agent: Bytes? = nil) -> [Path] {
        let agents = agent.map { [$0] } ?? (try? namesInDirectory(root)) ?? []
        return agents.flatMap { agent in
            ((try? namesInDirectory(root / agent)) ?? []).map { root / agent / $0 }
        }
    }

    func agent(_ name: String) -> Path { root / name }

    /// The conversation's own directory.
    func conversation(agent: String, name: String, workdir: Path) -> Path {
        self.agent(agent) / Self.directoryName(name, workdir)
    }

    static func directoryName(_ name: String, _ workdir: Path) -> String {
        "\(name)-\(SHA256.hex(workdir.bytes).prefix(16))"
    }

    /// Held for life by whoever runs this session, whatever its name.
    func sessionLock(agent: String, id: String) -> Path {
        self.agent(agent) / "sessions" / "\(SHA256.hex(Bytes(id.utf8)).prefix(32)).lock"
    }
}
