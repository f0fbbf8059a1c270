/// What this machine knows of Amp's threads: little. An id that we kept is taken at its word; the files of older
/// releases tell which threads were begun in a directory.
final class AmpStore: SessionStore {
    private let query: StoreQuery
    private let folders: AmpDirectories
    private let workdir: WorkdirMatcher

    init(_ query: StoreQuery) {
        self.query = query
        folders = AmpDirectories(query)
        workdir = WorkdirMatcher(query)
    }

    var root: Path { folders.data }
    var watched: [Path] { [folders.threads] }

    func failure(_ findings: inout Findings) -> StoreFailure? {
        findings.failure(listing: [folders.threads])
    }

    /// Every id of the right form is resumable as far as can be seen here.
    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        guard Agent.amp.isSessionID(id) else { return .absent }
        let path = folders.threads / (id + ".json")
        if let thread = try? AmpThread(path, id, query), let session = try? thread.session(),
            session.state == .resumable
        {
            findings.saw(path, .ok, "the thread as an older release kept it")
            return .found(session)
        }
        return .found(Session(id: id, store: folders.data, state: .resumable))
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        var result = Candidates()
        if (try? fileStatus(folders.session)) != nil {
            findings.saw(folders.session, .ignored, "the last thread that it names belongs to no directory")
        }
        let names = result.names(in: folders.threads, orNote: "no thread of an older release", &findings)
        var elsewhere = 0
        for name in names where name.suffix(5).elementsEqual(".json".utf8) {
            let path = folders.threads / name
            guard let id = Bytes(name.dropLast(5)).text, Agent.amp.isSessionID(id) else {
                findings.ignore(path, namedLikeNo: "thread", "session-ignored")
                continue
            }
            do throws(StoreFailure) {
                guard let thread = try AmpThread(path, id, query) else { continue }
                if !thread.trees.isEmpty, !thread.trees.contains(where: workdir.isHere) {
                    elsewhere += 1
                    findings.ignore(path, ofAnotherDirectory: thread.fault)
                    continue
                }
                var session = try thread.session()
                findings.saw(
                    path,
                    session.state == .resumable ? .ok : .ignored,
                    "\(session.messages ?? 0) messages"
                )
                guard session.state == .resumable else { continue }
                if thread.trees.isEmpty, !query.everywhere { throw .placeless(session) }
                if !query.everywhere { session.directory = query.workdir }
                result.sessions.append(session)
            } catch {
                result.add(error, &findings)
            }
        }
        if elsewhere > 0 { findings.saw(folders.threads, .ok, "\(elsewhere) threads of other directories") }
        return result
    }

    /// The file may be older than the thread: what it lacks may have been said since.
    func contains(_ text: TaskText, in session: Session) -> Bool? {
        guard session.store.parent == folders.threads,
            let thread = try? AmpThread(session.store, session.id, query, contains: text)
        else { return nil }
        return thread.contains == true ? true : nil
    }
}
