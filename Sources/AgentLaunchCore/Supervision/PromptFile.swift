import Glibc

/// The file that carries a prompt to an agent which reads one: new and of a random name at each start, readable by
/// its owner only, removed when the agent has ended.
enum PromptFile {
    private static let prefix = "prompt-"

    static func create(in folder: Path, _ text: Bytes) throws(LaunchError) -> Path {
        do throws(Errno) {
            try makeFolders(folder, mode: 0o700)
            var generator = SystemRandomNumberGenerator()
            let path = folder / "\(prefix)\(String(generator.next(), radix: 16)).md"
            try createFile(path, text)
            return path
        } catch {
            throw LaunchError(
                .cannotCreate,
                "\(folder)",
                "the prompt's file cannot be written: \(error)",
                "make it writable, or set XDG_STATE_HOME to a folder that is"
            )
        }
    }

    /// What a launcher that was killed left behind. Called under the conversation's lock.
    static func removeLeftovers(in folder: Path) {
        for name in (try? namesInDirectory(folder)) ?? [] where name.starts(with: prefix.utf8) {
            try? removeFile(folder / name)
        }
    }
}
