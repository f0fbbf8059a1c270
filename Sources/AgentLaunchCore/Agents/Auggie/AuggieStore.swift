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

    func trouble(_ findings: inout Findings) -> StoreFailure? {
        do throws(StoreFailure) { _ = try StoreEntry.names(in: root) } catch {
            findings.saw(error.path, .unreadable, error.why)
            return error
        }
        return nil
    }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        let path = file(id)
        do throws(StoreFailure) {
            guard let found = try AuggieSession(path, id, query) else {
                findings.saw(path, .absent, "no session of this id")
                return .absent
            }
            return .found(try found.session(workdir))
        } catch {
            findings.saw(error.path, error.kind == .damaged ? .damaged : .unreadable, error.why)
            return .unreadable(error)
        }
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        var result = Candidates()
        let names: [Bytes]
        do throws(StoreFailure) { names = try StoreEntry.names(in: root) } catch {
            findings.saw(error.path, .unreadable, error.why)
            return Candidates(troubles: [error])
        }
        if names.isEmpty { findings.saw(root, .absent, "no session yet") }
        var elsewhere = 0
        for name in names {
            guard name.suffix(5).elementsEqual(".json".utf8) else { continue }
            let path = root / name
            guard let id = Bytes(name.dropLast(5)).text, Agent.auggie.isSessionID(id) else {
                findings.saw(path, .ignored, "its name is no session's id")
                findings.warn(
                    "session-ignored",
                    "\(path) is no session: its name is not of the form of an id"
                )
                continue
            }
            do throws(StoreFailure) {
                guard let found = try AuggieSession(path, id, query) else { continue }
                switch found.place(workdir) {
                case .elsewhere:
                    elsewhere += 1
                    if let fault = found.fault {
                        findings.saw(path, .ignored, "\(fault.clause), and it names another directory")
                        findings.warn(
                            "session-unreadable",
                            "\(path): \(fault.clause); it is another directory's"
                        )
                    }
                case .here, .unknown:
                    let session = try found.session(workdir)
                    if session.state == .resumable, found.place(workdir) == .unknown {
                        throw .placeless(session)
                    }
                    findings.saw(path, session.state == .resumable ? .ok : .ignored, found.description)
                    if session.state == .resumable { result.sessions.append(session) }
                }
            } catch {
                findings.saw(error.path, error.kind == .damaged ? .damaged : .unreadable, error.why)
                result.troubles.append(error)
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
            switch AuggieExchange(value).isTask(text) {
            case true?: result = true
            case nil: result = nil
            case false?: break
            }
            return result != true
        }
        if result == true { return true }
        return (read ?? nil).map { $0.fault == nil } == true ? result : nil
    }

    /// A process has its session's file open only while it writes it; a sub-agent's is another.
    func sessionID(openFile: Path) -> String? {
        guard openFile.parent == root, let name = openFile.lastComponent.text, name.hasSuffix(".json"),
            let found = try? AuggieSession(openFile, String(name.dropLast(5)), query),
            found.place(workdir) == .here, query.task == nil || found.firstMessage == .isTask
        else { return nil }
        return String(name.dropLast(5))
    }

    private func file(_ id: String) -> Path { root / (id + ".json") }
}
