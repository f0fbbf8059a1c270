/// Where Codex keeps what: `CODEX_HOME`, else `~/.codex`; its databases may be elsewhere.
struct CodexHome: Equatable, Sendable {
    let path: Path
    /// The folder of `state_<n>.sqlite`.
    let databases: Path
    /// The folder was named by `CODEX_HOME`: Codex then demands that it exists.
    let isNamed: Bool

    init(_ environment: Environment, home: Path, workdir: Path) {
        let named = environment.path("CODEX_HOME", in: workdir)
        isNamed = named != nil
        path = named ?? home / ".codex"
        databases = environment.path("CODEX_SQLITE_HOME", in: workdir) ?? path
    }

    var sessions: Path { path / "sessions" }
    var archived: Path { path / "archived_sessions" }
    var writerLocks: Path { path / "thread-writer-locks" }
    var configuration: Path { path / "config.toml" }
    var signIn: Path { path / "auth.json" }

    /// The form of Codex's thread ids: a UUID, version 7 in all that were seen.
    static func isThreadID(_ text: some StringProtocol) -> Bool {
        let bytes = Bytes(text.utf8)
        guard bytes.count == 36 else { return false }
        return bytes.enumerated().allSatisfy { index, byte in
            switch index {
            case 8, 13, 18, 23: byte == UInt8(ascii: "-")
            default: (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
            }
        }
    }
}
