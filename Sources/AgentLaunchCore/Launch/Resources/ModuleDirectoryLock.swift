import Glibc

/// Held from the look at who has a `--module-dir` until this conversation's record says that it does: of several
/// that start there at once for the first time, one gets it, and each other one a folder of its own in it.
enum ModuleDirectoryLock {
    /// Others need this long at most to decide; who waits longer decides beside them.
    private static let patience: Int64 = 10_000

    /// Nil where nothing is to be claimed, or no lock can be made.
    static func take(_ conversation: ConversationFiles) -> FileLock? {
        guard let module = conversation.moduleDirectory else { return nil }
        var findings = Findings()
        let record = conversation.recordFile.read(&findings).record
        if record?.moduleDirectory == conversation.moduleDirectory(record) { return nil }
        let place =
            conversation.state.root / "module-folders" / "\(SHA256.hex(module.bytes).prefix(32)).lock"
        let due = monotonicMilliseconds() + patience
        do throws(Errno) {
            try makeDirectories(place.parent, mode: 0o700)
            while true {
                if case .held(let lock) = try FileLock.take(place) { return lock }
                if monotonicMilliseconds() >= due { return nil }
                _ = poll(nil, 0, 10)
            }
        } catch { return nil }
    }
}
