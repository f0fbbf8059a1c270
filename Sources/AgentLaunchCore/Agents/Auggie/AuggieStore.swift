/// Auggie's sessions: one JSON file each, for every directory. `session.json` beside their folder is the login.
final class AuggieStore: SessionStore {
    private let query: StoreQuery
    private let workdir: WorkdirMatcher

    init(_ query: StoreQuery) {
        self.query = query
        workdir = WorkdirMatcher(query)
    }

    static func folder(_ query: StoreQuery) -> Path { query.home / ".augment" }

    var root: Path { Self.folder(query) / "sessions" }
    var watched: [Path] { [root, root.parent] }

    func failure(_ findings: inout Findings) -> StoreFailure? {
        findings.failure(listing: [root])
    }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        let path = file(id)
        do throws(StoreFailure) {
            guard let found = try AuggieSession(path, id, query) else {
                findings.saw(path, .absent, "no session with this ID")
                return .absent
            }
            return .found(try found.session(workdir))
        } catch {
            findings.saw(error)
            return .unreadable(error)
        }
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        var result = Candidates()
        let names = result.names(in: root, orNote: "no session yet", &findings)
        var elsewhere = 0
        for name in names where name.suffix(5).elementsEqual(".json".utf8) {
            let path = root / name
            guard let id = Bytes(name.dropLast(5)).text, Agent.auggie.isSessionID(id) else {
                findings.ignore(path, namedLikeNo: "session", "session-ignored")
                continue
            }
            do throws(StoreFailure) {
                guard let found = try AuggieSession(path, id, query) else { continue }
                switch found.place(workdir) {
                case .elsewhere:
                    elsewhere += 1
                    findings.ignore(path, ofAnotherDirectory: found.fault)
                case .here, .unknown:
                    let session = try found.session(workdir)
                    if session.state == .resumable, found.place(workdir) == .unknown {
                        throw .placeless(session)
                    }
                    findings.saw(path, session.state == .resumable ? .ok : .ignored, found.description)
                    if session.state == .resumable { result.sessions.append(session) }
                }
            } catch {
                result.add(error, &findings)
            }
        }
        if elsewhere > 0 { findings.saw(root, .ok, "\(elsewhere) sessions of other directories") }
        return result
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        var result: Bool? = false
        let read = try? JSONArrayFile.read(
            session.store,
            array: AuggieSession.history,
            AuggieExchange.fields,
            members: []
        ) { value in
            result.formOr(AuggieExchange(value).isTask(text))
            return result != true
        }
        if result == true { return true }
        return (read ?? nil).map { $0.fault == nil } == true ? result : nil
    }

    /// A process has its session's file open only while it writes it; a sub-agent's is another.
    func sessionID(openFile: Path) -> String? {
        guard openFile.parent == root, let id = openFile.lastComponent.text?.part(before: ".json"),
            let found = try? AuggieSession(openFile, id, query),
            found.place(workdir) == .here, query.task == nil || found.firstMessage == .isTask
        else { return nil }
        return id
    }

    private func file(_ id: String) -> Path { root / (id + ".json") }
}
