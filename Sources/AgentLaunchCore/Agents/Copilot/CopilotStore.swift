/// Copilot CLI's sessions: `session-state/<id>/events.jsonl`. The index in `session-store.db` decides nothing.
final class CopilotStore: SessionStore {
    private let query: StoreQuery
    private let folders: CopilotDirectories
    private let matcher: WorkdirMatcher
    private var transcripts = FileCache<CopilotTranscript>()

    private static let events = "events.jsonl"

    init(_ query: StoreQuery) {
        self.query = query
        folders = CopilotDirectories(query)
        matcher = WorkdirMatcher(query)
    }

    var root: Path { folders.sessions }
    var watched: [Path] {
        let tries = (0..<DerivedID.reach).map { derivedID(query.name).uuid($0) }
        return [folders.home, root] + (tries + query.recorded).map { root / $0 }
    }

    func failure(_ findings: inout Findings) -> StoreFailure? {
        findings.failure(listing: [folders.home, root])
    }

    func find(_ id: String, _ findings: inout Findings) -> Lookup { look(id, &findings) }

    func derived(_ findings: inout Findings) -> Derivation {
        derivedID(query.name).search(recorded: query.recorded) { look($0, &findings) }
    }

    func isDerived(_ session: Session, from name: String) -> Bool { derivedID(name).isAttempt(session.id) }

    func candidates(_ findings: inout Findings) -> Candidates {
        reportLegacy(&findings)
        var result = Candidates()
        let names = result.names(in: root, orNote: "no conversation yet", &findings)
        for id in names.compactMap(\.text) where isUUID(id) {
            switch look(id, &findings) {
            case .absent: break
            case .unreadable(let failure): if mayBeHere(id) { result.failures.append(failure) }
            case .found(let session):
                guard session.state == .resumable else { break }
                if session.directory == nil, !query.everywhere {
                    result.add(.placeless(session), &findings)
                } else if session.directory.map(matcher.isHere) ?? true {
                    result.sessions.append(session)
                } else {
                    findings.saw(session.store, .ignored, "it belongs to another directory")
                }
            }
        }
        return result
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        CopilotTranscript.matches(session.store, text)
    }

    /// `inuse.<pid>.lock` is made by the process that has the session open, and left behind by a killed one.
    func holder(of session: Session) -> Int32? {
        locks(of: session).lazy.compactMap(\.holder).first
    }

    func resumeDialogs(of session: Session) -> [Warning] { locks(of: session).compactMap(\.dialog) }

    private func locks(of session: Session) -> [CopilotLock] {
        let folder = root / session.id
        return ((try? namesInDirectory(folder)) ?? []).compactMap { CopilotLock(folder / $0) }
    }

    func sessionID(openFile: Path) -> String? {
        let folder = openFile.parent
        guard folder.parent == root, let id = folder.lastComponent.text, isUUID(id) else { return nil }
        return id
    }

    var switchMarkers: [Path] { [root] }

    /// `/clear` removes the lock of the session that is left, `/new` leaves it.
    func sessionsOpen(inProcess pid: Int32) -> Set<String> {
        let ids = ((try? namesInDirectory(root)) ?? []).compactMap(\.text).filter(isUUID)
        return Set(ids.filter { CopilotLock(root / $0 / "inuse.\(pid).lock")?.holder == pid })
    }

    private func derivedID(_ name: String) -> DerivedID {
        DerivedID(agent: Agent.copilot.name, workdir: query.workdir, name: name)
    }

    // MARK: One session

    private func look(_ id: String, _ findings: inout Findings) -> Lookup {
        let folder = root / id
        let path = folder / Self.events
        do throws(StoreFailure) {
            switch try StoreEntry.at(folder) {
            case .directory: break
            case .file, .other:
                findings.saw(folder, .ignored, "it is not a directory")
                return .found(session(id, path, .dead))
            case .absent: return try flat(id, &findings)
            }
            switch try StoreEntry.at(path) {
            case .absent:
                findings.saw(folder, .ignored, "a session without a message")
                return .found(session(id, path, .empty))
            case .directory, .other:
                findings.saw(path, .ignored, "it is not a regular file")
                return .found(session(id, path, .dead))
            case .file(let stamp): return .found(try session(id, path, stamp: stamp, &findings))
            }
        } catch {
            findings.saw(error)
            return .unreadable(error)
        }
    }

    /// Older releases kept a session as one flat file, which today's refuse.
    private func flat(_ id: String, _ findings: inout Findings) throws(StoreFailure) -> Lookup {
        let path = root / (id + ".jsonl")
        guard try StoreEntry.at(path) != .absent else { return .absent }
        findings.saw(path, .ignored, "the format of older releases, which this agent no longer resumes")
        return .found(session(id, path, .dead))
    }

    private func session(
        _ id: String,
        _ path: Path,
        stamp: FileStamp,
        _ findings: inout Findings
    ) throws(StoreFailure) -> Session {
        let transcript = try transcripts.value(path, stamp, try CopilotTranscript(path, query.task))
        if let fault = transcript.fault {
            throw .damaged(
                path,
                "line \(fault.line) \(fault.why), which makes every resume fail",
                nextStep: "repair or remove line \(fault.line) of a copy, or pass --fresh"
            )
        }
        var found = session(id, path, transcript.hasUserMessage ? .resumable : .empty)
        found.directory = CopilotWorkspace(path.parent / "workspace.yaml").directory ?? transcript.directory
        found.messages = transcript.messages
        found.startedAt = transcript.startedAt
        found.updatedAt = transcript.updatedAt
        found.interrupted = transcript.interrupted
        found.firstMessage = transcript.firstMessage
        let count = transcript.messages
        let finding =
            transcript.hasUserMessage
            ? "\(count) message\(count == 1 ? "" : "s")"
                + (transcript.interrupted == true ? ", the last turn unfinished" : "")
            : "no user message"
        findings.saw(path, transcript.hasUserMessage ? .ok : .ignored, finding)
        return found
    }

    private func session(_ id: String, _ path: Path, _ state: Session.State) -> Session {
        Session(
            id: id,
            directory: CopilotWorkspace(path.parent / "workspace.yaml").directory,
            store: path,
            state: state,
            firstMessage: .none
        )
    }

    /// What cannot be read belongs here unless its description names another directory.
    private func mayBeHere(_ id: String) -> Bool {
        CopilotWorkspace(root / id / "workspace.yaml").directory.map(matcher.isHere) ?? true
    }

    private func reportLegacy(_ findings: inout Findings) {
        let names = (try? namesInDirectory(folders.legacySessions)) ?? []
        guard names.contains(where: { $0.starts(with: Bytes("session_".utf8)) }) else { return }
        findings.saw(
            folders.legacySessions,
            .ignored,
            "sessions of older releases, which this agent no longer resumes"
        )
    }
}
