/// The chat files in Gemini's project folders; each is read once for as long as it does not change.
final class GeminiChatFiles {
    private let task: TaskText?
    private var known = FileCache<GeminiChat>()

    init(_ task: TaskText?) { self.task = task }

    /// The hash of the directory in which a file's conversation began, where that file was read.
    func projectHash(_ path: Path) -> String? { known[path]?.projectHash }

    /// The files of a folder that Gemini looks at, or those of them whose name fits an id.
    func chats(
        in folder: Path,
        of id: String? = nil
    ) throws(StoreFailure) -> [(path: Path, chat: GeminiChat)] {
        let ending = id.map { Bytes("-\($0.prefix(8))".utf8) } ?? []
        var result: [(Path, GeminiChat)] = []
        for name in try StoreEntry.names(in: folder / "chats") where name.starts(with: Bytes("session-".utf8))
        {
            let endings = [".json", ".jsonl"].map { ending + Bytes($0.utf8) }
            guard endings.contains(where: { name.suffix($0.count).elementsEqual($0) }) else { continue }
            let path = folder / "chats" / name
            guard case .file(let stamp) = try StoreEntry.at(path) else { continue }
            result.append((path, try known.value(path, stamp, try GeminiChat(path, task))))
        }
        return result
    }
}
