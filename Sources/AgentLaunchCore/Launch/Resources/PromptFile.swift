import Glibc

/// The file that carries a prompt to an agent which reads one: new and of a random name at each start, readable by
/// its owner only, removed when the agent has ended.
struct PromptFile: Equatable, Sendable {
    let folder: Path
    /// Of the conversation: `--module-dir` may be shared by several, and by files of the user's.
    let prefix: Bytes

    init(in folder: Path, conversation: Path) {
        self.folder = folder
        prefix = Bytes("prompt-".utf8) + conversation.lastComponent + Bytes("-".utf8)
    }

    func create(_ text: Bytes) throws(LaunchError) -> Path {
        do throws(Errno) {
            try makeDirectories(folder, mode: 0o700)
            var generator = SystemRandomNumberGenerator()
            let path = folder / (prefix + Bytes("\(String(generator.next(), radix: 16)).md".utf8))
            try createFile(path, text)
            return path
        } catch {
            throw LaunchError(
                .cannotCreate,
                "\(folder)",
                "cannot write the prompt file: \(error)",
                "make it writable, or set XDG_STATE_HOME to a directory that is"
            )
        }
    }

    /// The text as an open file that has no name any more.
    func openUnlinked(_ text: Bytes) throws(LaunchError) -> Int32 {
        let path = try create(text)
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
        let error = Errno.last
        try? removeFile(path)
        guard descriptor >= 0 else {
            throw LaunchError(.cannotCreate, "\(path)", "\(error)", "check its directory")
        }
        return descriptor
    }

    /// What a launcher that was killed left behind. Called under the conversation's lock.
    func removeLeftovers() {
        for name in (try? namesInDirectory(folder)) ?? [] where name.starts(with: prefix) {
            try? removeFile(folder / name)
        }
    }
}
