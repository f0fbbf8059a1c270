import Glibc

/// The JSON lines that goose kept its sessions in up to 1.9, and that a newer goose imports when it makes its store.
struct GooseLegacy {
    /// Goose imports no larger file.
    static let sizeLimit = 50 << 20

    let folder: Path

    /// One file; nil if goose takes no session from it, with what was seen in `findings`.
    func session(
        _ id: String,
        _ task: TaskText?,
        _ findings: inout Findings
    ) throws(StoreFailure) -> Session? {
        let path = folder / (id + ".jsonl")
        do throws(Errno) {
            guard let status = try fileStatus(path), status.isRegularFile else { return nil }
            guard status.st_size > 0 else {
                findings.saw(path, .ignored, "an empty file")
                return nil
            }
            guard status.st_size <= Self.sizeLimit else {
                findings.saw(path, .ignored, "too large for goose to import")
                findings.warn("legacy-too-large", "goose does not import \(path), which is larger than 50 MB")
                return nil
            }
            let lines = try JSONLines(path)
            guard let head = try lines.next(Self.fields) else { return nil }
            guard let metadata = head.value else { throw Errno(code: EBADMSG) }
            guard let directory = metadata["working_dir"]?.text else {
                findings.saw(path, .ignored, "its first line is not session metadata")
                return nil
            }
            var session = Session(
                id: id,
                name: id,
                directory: Path(directory),
                store: path,
                state: .empty,
                updatedAt: lines.modified
            )
            try read(lines, into: &session, task)
            return session
        } catch  where error.code == EBADMSG {
            throw .damaged(
                path,
                "its first line is damaged, so its directory is not known",
                nextStep: "restore it, or move it away"
            )
        } catch {
            throw StoreFailure(path, error)
        }
    }

    /// The names of the files, without their ending.
    func ids() throws(StoreFailure) -> [String] {
        try StoreEntry.names(in: folder).compactMap { $0.text?.part(before: ".jsonl") }
    }

    /// Whether any message of a user is the text; nil if that cannot be told.
    func contains(_ text: TaskText, _ path: Path) -> Bool? {
        try? JSONLines(path).contains(Self.fields) { record in
            guard let value = record.value else { return nil }
            guard value["role"]?.text == "user" else { return false }
            return GooseMessage(role: "user", content: value["content"]).isTask(text)
        }
    }

    private static let fields: JSONFields = [
        "working_dir", "role", "created", "content.type", "content.text",
    ]

    private func read(
        _ lines: JSONLines,
        into session: inout Session,
        _ task: TaskText?
    ) throws(Errno) {
        session.firstMessage = .none
        while let record = try lines.next(Self.fields) {
            guard let value = record.value, let role = value["role"]?.text else { continue }
            guard role == "user" || role == "assistant" else { continue }
            session.state = .resumable
            let message = GooseMessage(role: role, content: value["content"])
            session.startedAt = session.startedAt ?? value["created"]?.integer.map(GooseMessage.time)
            if message.isSpoken {
                session.firstMessage = GooseMessage.firstMessage(message, task)
                break
            }
        }
        while let record = try lines.previous(Self.fields) {
            guard let value = record.value, let role = value["role"]?.text else { continue }
            session.interrupted = GooseMessage(role: role, content: value["content"]).leavesTurnOpen
            session.updatedAt = value["created"]?.integer.map(GooseMessage.time) ?? session.updatedAt
            break
        }
    }
}
