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

    func trouble(_ findings: inout Findings) -> StoreFailure? {
        do throws(StoreFailure) { _ = try StoreEntry.names(in: folders.threads) } catch {
            findings.saw(error.path, .unreadable, error.why)
            return error
        }
        return nil
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
            findings.saw(folders.session, .ignored, "the last thread that it names is of no directory")
        }
        let names: [Bytes]
        do throws(StoreFailure) { names = try StoreEntry.names(in: folders.threads) } catch {
            findings.saw(error.path, .unreadable, error.why)
            return Candidates(troubles: [error])
        }
        if names.isEmpty { findings.saw(folders.threads, .absent, "no thread of an older release") }
        var elsewhere = 0
        for name in names where name.suffix(5).elementsEqual(".json".utf8) {
            let path = folders.threads / name
            guard let id = Bytes(name.dropLast(5)).text, Agent.amp.isSessionID(id) else {
                findings.saw(path, .ignored, "its name is no thread's id")
                findings.warn("session-ignored", "\(path) is no thread: its name is not of the form of an id")
                continue
            }
            do throws(StoreFailure) {
                guard let thread = try AmpThread(path, id, query) else { continue }
                if !thread.trees.isEmpty, !thread.trees.contains(where: workdir.isHere) {
                    elsewhere += 1
                    if let fault = thread.fault {
                        findings.saw(path, .ignored, "\(fault.clause), and it names another directory")
                        findings.warn(
                            "session-unreadable",
                            "\(path): \(fault.clause); it is another directory's"
                        )
                    }
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
                findings.saw(error.path, error.kind == .damaged ? .damaged : .unreadable, error.why)
                result.troubles.append(error)
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
