/// Kiro's third engine: a folder for each workspace, in it one for each session with `session.json` and
/// `messages.jsonl`. Kiro's editor keeps its own sessions there too, under other names.
struct KiroWorkspaceSessions {
    private let roots: [Path]
    private let task: TaskText?

    init(_ folders: KiroDirectories, _ query: StoreQuery) {
        roots = folders.workspaceRoots
        task = query.task
    }

    /// The folders of workspaces: 16 digits of a hash, or `_global`.
    var workspaces: [Path] {
        get throws(StoreFailure) {
            var result: [Path] = []
            for root in roots {
                for name in try StoreEntry.names(in: root).map(\.lossyText) where isWorkspace(name) {
                    if case .directory = try StoreEntry.at(root / name) { result.append(root / name) }
                }
            }
            return result
        }
    }

    func folders() throws(StoreFailure) -> [Path] {
        var result: [Path] = []
        for workspace in try workspaces {
            for name in try StoreEntry.names(in: workspace) where KiroEngine.isWorkspaceID(name.lossyText) {
                result.append(workspace / name)
            }
        }
        return result
    }

    /// Nil if the folder holds no session, or if its directory is not wanted.
    func session(_ folder: Path, wanted: (Path) -> Bool = { _ in true }) throws(StoreFailure) -> Session? {
        let file = folder / "session.json"
        let id = folder.lastComponent.lossyText
        let description: KiroDescription?
        do throws(StoreFailure) {
            description = try KiroDescription(
                file,
                [
                    "id", "workspacePaths", "createdAt", "lastModifiedAt", "parentSessionId", "createdReason",
                    "status",
                ]
            )
        } catch {
            if error.kind == .damaged, let talk = try? talk(folder), talk.messages == 0 { return nil }
            throw error
        }
        guard let description else { return nil }
        guard description.text("id") == id, let paths = description.json["workspacePaths"]?.elements else {
            throw .damaged(file, "it does not describe session \(id)")
        }
        let directory = paths.first?.text.map { Path($0) }
        guard directory.map(wanted) ?? false else { return nil }
        let isChild =
            description.text("parentSessionId") != nil
            && !["rewind", "fork"].contains(description.text("createdReason"))
        let talk = try talk(folder)
        return Session(
            id: id,
            directory: directory,
            store: file,
            state: talk.messages > 0 ? .resumable : .empty,
            origin: isChild ? .subAgent : .user,
            messages: talk.messages,
            startedAt: description.time("createdAt"),
            updatedAt: description.time("lastModifiedAt"),
            interrupted: interrupted(description.text("status")),
            firstMessage: firstMessage(talk)
        )
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        guard let talk = try? talk(session.store.parent) else { return nil }
        return text.matches(anyOf: talk.prompts, isComplete: !talk.isDoubtful)
    }

    private struct Talk {
        var prompts: [String?] = []
        var messages = 0
        var isDoubtful = false
    }

    private func talk(_ folder: Path) throws(StoreFailure) -> Talk {
        let file = folder / "messages.jsonl"
        var talk = Talk()
        switch try StoreEntry.at(file) {
        case .absent: return talk
        case .directory, .other: throw .damaged(file, "it is not a regular file")
        case .file: break
        }
        do throws(Errno) {
            let lines = try JSONLines(file)
            while let record = try lines.next(["payload.type", "payload.content", "payload.content.text"]) {
                guard record.isStrictlyValid, let payload = record.value?["payload"],
                    let type = payload["type"]?.text
                else {
                    if record.terminated { talk.isDoubtful = true }
                    continue
                }
                switch type {
                // The first prompt of a session stands in the line that opens it.
                case "user", "session_start":
                    talk.messages += 1
                    talk.prompts.append(said(payload["content"]))
                case "assistant": talk.messages += 1
                default: break
                }
            }
        } catch { throw StoreFailure(file, error) }
        if talk.messages == 0, talk.isDoubtful {
            throw .damaged(file, "none of its lines can be read as a message")
        }
        return talk
    }

    private func said(_ content: JSONValue?) -> String? {
        if let text = content?.text { return text }
        let texts = content?.elements?.map { $0["text"]?.text }
        guard let texts, !texts.contains(nil) else { return nil }
        return texts.compactMap(\.self).joined(separator: "\n")
    }

    private func firstMessage(_ talk: Talk) -> Session.FirstMessage {
        guard talk.messages > 0 else { return .none }
        let first = talk.prompts.first ?? nil
        return Session.FirstMessage(isTask: task?.matches(anyOf: [first], isComplete: !talk.isDoubtful))
    }

    private func interrupted(_ status: String?) -> Bool? {
        switch status {
        case "in_progress", "waiting_on_user", "failed": true
        case "idle", "completed": false
        default: nil
        }
    }

    private func isWorkspace(_ name: String) -> Bool {
        name == "_global"
            || name.utf8.count == 16
                && name.utf8.allSatisfy {
                    UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
                }
    }
}
