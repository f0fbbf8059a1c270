/// Foo's sessions, of all directories: one file of JSON lines each, `~/.foo/sessions/ID.jsonl`.
final class FooStore: SessionStore {
    let root: Path
    private let query: StoreQuery
    private let workdir: WorkdirMatcher

    init(_ query: StoreQuery) {
        root = query.home / ".foo/sessions"
        self.query = query
        workdir = WorkdirMatcher(query)
    }

    var watched: [Path] { [root, root.parent] }

    func failure(_ findings: inout Findings) -> StoreFailure? { findings.failure(listing: [root]) }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        do throws(StoreFailure) {
            guard let session = try session(id) else { return .absent }
            let isSaid = session.state == .resumable
            findings.saw(
                session.store,
                isSaid ? .ok : .ignored,
                isSaid ? "a conversation" : "nothing was said"
            )
            return .found(session)
        } catch {
            findings.saw(error)
            return .unreadable(error)
        }
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        var result = Candidates()
        let files = result.names(in: root, orNote: "no session yet", &findings).compactMap(\.text)
        for id in files.filter({ $0.hasSuffix(".jsonl") }).map({ String($0.dropLast(6)) }) where isUUID(id) {
            result.add(find(id, &findings)) { $0.directory.map(workdir.isHere) == true }
        }
        return result
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        var messages: [String?] = []
        let whole: Void? = try? read(session.store) { line in
            if line["type"]?.text == "user" { messages.append(line["text"]?.text) }
        }
        return text.matches(anyOf: messages, isComplete: whole != nil)
    }

    private func session(_ id: String) throws(StoreFailure) -> Session? {
        let path = root / (id + ".jsonl")
        guard try StoreEntry.at(path) != .absent else { return nil }
        var session = Session(id: id, store: path, state: .empty, firstMessage: .none)
        try read(path) { line in
            session.updatedAt = line["time"]?.text.flatMap { Timestamp($0) } ?? session.updatedAt
            session.startedAt = session.startedAt ?? session.updatedAt
            switch line["type"]?.text {
            // Of another session, or without a directory, it may be anybody's.
            case "session" where line["id"]?.text == id:
                session.directory = line["cwd"]?.text.map { Path($0) }
            case "user" where session.state == .empty:
                session.state = .resumable
                let isTask = line["text"]?.text.flatMap { text in query.task?.matches(message: text) }
                session.firstMessage = .init(isTask: isTask)
            default: break
            }
        }
        if session.directory == nil { throw .placeless(session) }
        return session
    }

    /// Every line has to be right: one that is not may have been the first of a conversation.
    private func read(_ path: Path, _ body: (JSONValue) -> Void) throws(StoreFailure) {
        let lines = try reading(path, try JSONLines(path))
        while let line = try reading(path, try lines.next(["type", "id", "cwd", "time", "text"])) {
            guard let value = line.value, !line.padded, value["type"]?.text != nil else {
                throw .damaged(path, "a line is none of Foo's")
            }
            body(value)
        }
        if lines.sawNULs { throw .damaged(path, "there are NULs between its lines") }
    }
}
