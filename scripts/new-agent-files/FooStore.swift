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

    func trouble(_ findings: inout Findings) -> StoreFailure? {
        do throws(StoreFailure) { _ = try StoreEntry.names(in: root) } catch {
            findings.saw(error.path, .unreadable, error.why)
            return error
        }
        return nil
    }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        do throws(StoreFailure) {
            guard let session = try session(id) else { return .absent }
            let isSaid = session.state == .resumable
            findings.saw(session.store, isSaid ? .ok : .ignored, "\(session.messages ?? 0) messages")
            return .found(session)
        } catch {
            findings.saw(error.path, error.kind == .damaged ? .damaged : .unreadable, error.why)
            return .unreadable(error)
        }
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        var result = Candidates()
        do throws(StoreFailure) {
            for name in try StoreEntry.names(in: root) where name.suffix(6).elementsEqual(".jsonl".utf8) {
                guard let id = Bytes(name.dropLast(6)).text, isUUID(id) else { continue }
                switch find(id, &findings) {
                case .found(let session):
                    guard session.state == .resumable, session.directory.map(workdir.isHere) == true else {
                        break
                    }
                    result.sessions.append(session)
                case .unreadable(let failure): result.troubles.append(failure)
                case .absent: break
                }
            }
        } catch {
            result.troubles.append(error)
        }
        return result
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        var answers: [Bool?] = []
        do throws(StoreFailure) {
            try read(session.store) { line in
                guard line["type"]?.text == "user" else { return }
                answers.append(line["text"]?.text.map { text.matches(message: $0) })
            }
        } catch { return nil }
        return answers.contains(true) ? true : answers.contains(nil) ? nil : false
    }

    private func session(_ id: String) throws(StoreFailure) -> Session? {
        let path = root / (id + ".jsonl")
        guard try StoreEntry.at(path) != .absent else { return nil }
        var session = Session(id: id, store: path, state: .empty, messages: 0, firstMessage: .none)
        try read(path) { [query] line in
            let time = line["time"]?.text.flatMap { Timestamp($0) }
            session.startedAt = session.startedAt ?? time
            session.updatedAt = time ?? session.updatedAt
            switch line["type"]?.text {
            case "session":
                // Of another session, or without a directory: it may be anybody's.
                if line["id"]?.text == id { session.directory = line["cwd"]?.text.map { Path($0) } }
            case "user":
                if session.state == .empty {
                    let isTask = line["text"]?.text.flatMap { text in query.task?.matches(message: text) }
                    session.firstMessage = isTask.map { $0 ? .isTask : .isOther } ?? .unknown
                }
                session.state = .resumable
                session.messages? += 1
            case "assistant": session.messages? += 1
            default: break
            }
        }
        if session.directory == nil { throw .placeless(session) }
        return session
    }

    /// Every line has to be right: one that is not may have been the first of a conversation.
    private func read(_ path: Path, _ body: (JSONValue) -> Void) throws(StoreFailure) {
        var isWhole = true
        do throws(Errno) {
            let lines = try JSONLines(path)
            while isWhole, let line = try lines.next(["type", "id", "cwd", "time", "text"]) {
                isWhole = !line.padded && line.value?["type"]?.text != nil
                if let value = line.value, isWhole { body(value) }
            }
            isWhole = isWhole && !lines.sawNULs
        } catch {
            throw StoreFailure(path, error)
        }
        guard isWhole else {
            let next = "repair a copy, or pass --fresh"
            throw StoreFailure(path: path, kind: .damaged, why: "a line is none of Foo's", nextStep: next)
        }
    }
}
