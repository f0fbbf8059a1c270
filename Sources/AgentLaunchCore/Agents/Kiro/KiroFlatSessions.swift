/// Kiro's second engine: `<id>.json` describes a session, `<id>.jsonl` is its journal, `<id>.lock` says who has it open.
struct KiroFlatSessions {
    private let folder: Path
    private let task: TaskText?

    init(_ folders: KiroDirectories, _ query: StoreQuery) {
        folder = folders.flat
        task = query.task
    }

    /// Ids of everything that is described there. A journal without a description is none of Kiro's sessions, and
    /// names that are no ids reach no command line.
    func ids(_ findings: inout Findings) throws(StoreFailure) -> [String] {
        let names = try StoreEntry.names(in: folder).map(\.lossyText)
        let described = names.compactMap { $0.part(before: ".json") }
        for name in described where !isUUID(name) {
            findings.saw(folder / (name + ".json"), .ignored, "its name is not a Kiro session ID")
        }
        for name in names {
            guard let id = name.part(before: ".jsonl"), isUUID(id), !described.contains(id) else { continue }
            findings.saw(folder / name, .ignored, "no description, so Kiro does not know it")
            findings.warn(
                "session-unreadable",
                "\(folder / name): no description, so Kiro does not know it"
            )
        }
        return described.filter(isUUID)
    }

    /// Nil if there is none, or if its directory is not wanted: then the journal is not read.
    func session(_ id: String, wanted: (Path) -> Bool = { _ in true }) throws(StoreFailure) -> Session? {
        let file = folder / (id + ".json")
        let description: KiroDescription?
        do throws(StoreFailure) {
            description = try KiroDescription(
                file,
                [
                    "session_id", "cwd", "created_at", "updated_at", "parent_session_id",
                    "session_created_reason", "session_state.version",
                ]
            )
        } catch {
            // Without its directory it may be anybody's, but only if something was said in it.
            if error.kind == .damaged, isSilent(id) { return nil }
            throw error
        }
        guard let description else { return nil }
        guard description.text("session_id") == id, let cwd = description.text("cwd"),
            let created = description.time("created_at"), let updated = description.time("updated_at"),
            description.json["session_state"] != nil
        else { throw .damaged(file, "it does not describe session \(id)") }
        guard wanted(Path(cwd)) else { return nil }
        // The reason alone says nothing: that of a person's own session is the same.
        let isChild =
            description.text("parent_session_id") != nil
            && [nil, "subagent"].contains(description.text("session_created_reason"))
        let journal = try KiroJournal(journal(id))
        return Session(
            id: id,
            directory: Path(cwd),
            store: file,
            state: journal.map { $0.messages > 0 } == true ? .resumable : .empty,
            origin: isChild ? .subAgent : .user,
            messages: journal?.messages ?? 0,
            startedAt: created,
            updatedAt: updated,
            interrupted: journal?.isInterrupted,
            firstMessage: journal?.firstMessage(task) ?? .none
        )
    }

    func contains(_ text: TaskText, in id: String) -> Bool? {
        guard let journal = try? KiroJournal(journal(id)) else { return nil }
        return journal.contains(text)
    }

    func lock(_ id: String) -> KiroLock { KiroLock(folder / (id + ".lock")) }

    private func journal(_ id: String) -> Path { folder / (id + ".jsonl") }

    private func isSilent(_ id: String) -> Bool {
        do throws(StoreFailure) { return try KiroJournal(journal(id)).map { $0.messages == 0 } ?? true } catch
        {
            return false
        }
    }
}
