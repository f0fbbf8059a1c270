import Glibc

/// The JSON files in which OpenCode kept its sessions up to 1.1, and which 1.2 and newer import when they make their
/// database.
struct OpenCodeLegacy {
    /// `storage`, with the folders `session`, `message` and `part`.
    let folder: Path
    let task: TaskText?

    /// Every session file: `session/<project>/<id>.json`. One that is no session's is left out.
    func files() throws(StoreFailure) -> [Path] {
        var files: [Path] = []
        for project in try StoreEntry.names(in: folder / "session") {
            let path = folder / "session" / project
            guard try StoreEntry.at(path) == .directory else { continue }
            files += try StoreEntry.names(in: path).filter { $0.text?.hasSuffix(".json") == true }
                .map { path / $0 }
        }
        return files
    }

    /// What a session's file says; nil if it is none.
    func session(_ file: Path, wanted: (Path) -> Bool) throws(StoreFailure) -> Session? {
        let fields: JSONFields = [
            "id", "directory", "title", "parentID", "time.created", "time.updated", "time.archived",
        ]
        guard let value = try read(file, fields)?.value else {
            throw damaged(file, "it is not valid JSON")
        }
        let id = value["id"]?.text ?? ""
        guard Agent.openCode.isSessionID(id), Bytes((id + ".json").utf8) == file.lastComponent else {
            throw damaged(file, "its ID does not match its file name")
        }
        guard let directory = value["directory"]?.text else { throw damaged(file, "it names no directory") }
        guard wanted(Path(directory)) else { return nil }
        func time(_ name: String) -> Timestamp? {
            value["time"]?[name]?.integer.map { Timestamp(milliseconds: $0) }
        }
        var session = Session(
            id: id,
            name: value["title"]?.text,
            directory: Path(directory),
            store: file,
            state: .dead,
            startedAt: time("created"),
            updatedAt: time("updated") ?? time("created"),
            firstMessage: .none
        )
        if let parent = value["parentID"], parent != .null {
            session.origin = .subAgent
            return session
        }
        if value["time"]?["archived"]?.integer != nil { session.origin = .archived }
        let messages = try self.messages(of: id)
        session.messages = messages.count
        if messages.contains(where: { $0.role != nil }) { session.state = .resumable }
        if session.state == .dead, !messages.isEmpty {
            throw damaged(file, "none of its messages can be read")
        }
        session.interrupted = messages.last?.leavesTurnOpen
        session.firstMessage = OpenCodeText.firstMessage(try texts(of: id).first { $0.isSpoken }, task)
        return session
    }

    /// What was said, oldest first.
    func texts(of session: String) throws(StoreFailure) -> [OpenCodeText] {
        let names = try jsonNames(in: folder / "message" / session)
        var texts: [OpenCodeText] = []
        for name in names {
            let message = OpenCodeMessage(
                try read(folder / "message" / session / name, OpenCodeMessage.fields)?.value
            )
            guard message.role != "assistant" else { continue }
            // Without its ending, the name is the message's id.
            let parts = folder / "part" / Bytes(name.dropLast(5))
            var values: [JSONValue?] = []
            for part in try jsonNames(in: parts) {
                values.append(try read(parts / part, OpenCodeMessage.partFields)?.value)
            }
            texts.append(OpenCodeText(values))
        }
        return texts
    }

    private func messages(of session: String) throws(StoreFailure) -> [OpenCodeMessage] {
        let path = folder / "message" / session
        var messages: [OpenCodeMessage] = []
        for name in try jsonNames(in: path) {
            messages.append(OpenCodeMessage(try read(path / name, OpenCodeMessage.fields)?.value))
        }
        return messages
    }

    /// Ids of messages and parts ascend, so that the names are in order.
    private func jsonNames(in path: Path) throws(StoreFailure) -> [Bytes] {
        try StoreEntry.names(in: path).filter { $0.text?.hasSuffix(".json") == true }
    }

    private func read(_ file: Path, _ fields: JSONFields) throws(StoreFailure) -> JSONRecord? {
        try reading(file, try JSONRecord.of(file: file, fields))
    }

    private func damaged(_ file: Path, _ why: String) -> StoreFailure {
        .damaged(file, why, nextStep: "restore it, or move it away")
    }
}
