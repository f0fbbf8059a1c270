/// `backup/` in the conversation's own directory: what a cold start made its agent overwrite, the last three.
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
            try makeFolders(folder, mode: 0o700)
            try replaceFile(folder / (name + ".json"), old.content)
            let saved = try namesInDirectory(folder).filter { $0.suffix(5).elementsEqual(".json".utf8) }
            for name in saved.dropLast(Self.kept) { try removeFile(folder / name) }
        } catch {
            throw LaunchError(
                .cannotCreate,
                "\(folder)",
                "the conversation that this start overwrites cannot be saved: \(error)",
                "make it writable, or name another XDG_STATE_HOME"
            )
        }
    }
}
