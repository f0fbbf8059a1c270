import Glibc

/// `backup/` in the conversation's own directory: what a cold start made its agent overwrite or delete, the last three.
struct ConversationBackup {
    private static let kept = 3

    let folder: Path

    init(_ conversation: Path) { folder = conversation / "backup" }

    /// Names begin with the time, so that the oldest is the first.
    func save(_ old: OldConversation?, at now: Timestamp) throws(LaunchError) {
        guard let old else { return }
        let second = Timestamp(milliseconds: now.milliseconds / 1000 * 1000).rfc3339.filter { $0.isNumber }
        let stamp = second + String(String(1000 + now.milliseconds % 1000).dropFirst())
        let name = [stamp, old.id].compactMap(\.self).joined(separator: "-")
        do throws(Errno) {
            try makeDirectories(folder, mode: 0o700)
            if old.files.isEmpty {
                try replaceFile(folder / (name + ".json"), old.content)
            } else {
                try copy(old.files, to: folder / (name + ".files"))
            }
            let saved = try namesInDirectory(folder).filter { name in
                [".json", ".files"].contains { name.suffix($0.utf8.count).elementsEqual($0.utf8) }
            }
            for name in saved.dropLast(Self.kept) { try remove(folder / name) }
        } catch {
            throw LaunchError(
                .cannotCreate,
                "\(folder)",
                "cannot back up the conversation that this start overwrites: \(error)",
                "make it writable, or set another XDG_STATE_HOME"
            )
        }
    }

    /// A folder that is there under its name is whole.
    private func copy(_ files: [Path], to target: Path) throws(Errno) {
        let temporary = target + ".tmp"
        try remove(temporary)
        try makeDirectories(temporary, mode: 0o700)
        for file in files { try copyFile(file, to: temporary / file.lastComponent) }
        let result = temporary.withCString { from in target.withCString { rename(from, $0) } }
        if result != 0 { throw Errno.last }
    }

    private func remove(_ path: Path) throws(Errno) {
        guard try fileStatus(path)?.isDirectory == true else { return try removeFile(path) }
        for name in try namesInDirectory(path) { try removeFile(path / name) }
        if path.withCString({ rmdir($0) }) != 0 { throw Errno.last }
    }
}
