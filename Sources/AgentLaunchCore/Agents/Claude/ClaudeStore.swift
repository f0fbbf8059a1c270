/// Claude Code's transcripts: `projects/<encoded directory>/<session id>.jsonl`.
final class ClaudeStore: SessionStore {
    private let query: StoreQuery
    private let folders: ClaudeDirectories
    private var transcripts = FileCache<ClaudeTranscript>()
    /// How many bytes may still be read only to count messages.
    private var countingBudget = 64 << 20

    private static let wholeFile = 8 << 20
    /// The one id that an older start script used for every task.
    private static let taskSession = "cd32e253-ca16-4fd3-9825-d837e74ae3c2"

    init(_ query: StoreQuery) {
        self.query = query
        folders = ClaudeDirectories(query)
    }

    var root: Path { folders.allProjects }
    var watched: [Path] { folders.projects }

    func failure(_ findings: inout Findings) -> StoreFailure? {
        findings.failure(listing: [folders.configuration, root] + folders.projects)
    }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        let own = look(id, in: folders.projects, &findings)
        guard own == .absent else { return own }
        do throws(StoreFailure) {
            let others = try StoreEntry.names(in: root).map { root / $0 }.filter {
                !folders.projects.contains($0)
            }
            return look(id, in: others, &findings)
        } catch {
            return .unreadable(error)
        }
    }

    func derived(_ findings: inout Findings) -> Derivation {
        derivedID(query.name).search(recorded: query.recorded) { id in
            let found = look(id, in: folders.projects, &findings)
            guard found == .absent else { return found }
            // Where a folder of the session is left without its file, the id counts as used.
            for folder in folders.projects {
                switch Result(catching: { () throws(StoreFailure) in try StoreEntry.at(folder / id) }) {
                case .success(.absent): continue
                case .success: return .found(session(id, folder / (id + ".jsonl")))
                case .failure(let failure): return .unreadable(failure)
                }
            }
            return .absent
        }
    }

    func isDerived(_ session: Session, from name: String) -> Bool { derivedID(name).isAttempt(session.id) }

    func legacy(_ findings: inout Findings) -> Lookup {
        let found = look(Self.taskSession, in: folders.projects, &findings)
        guard case .found(let session) = found else { return found }
        return isHere(session, &findings) ? found : .absent
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        var result = Candidates()
        let places: [Path]
        do throws(StoreFailure) {
            places = query.everywhere ? try StoreEntry.names(in: root).map { root / $0 } : folders.projects
        } catch {
            result.add(error, &findings)
            return result
        }
        for folder in places {
            let names = result.names(in: folder, orNote: "no conversation of this directory", &findings)
            for id in names.compactMap(sessionID(fileName:)) {
                result.add(look(id, in: [folder], &findings)) { isHere($0, &findings) }
            }
        }
        return result
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        ClaudeTranscript.matches(session.store, text)
    }

    func holder(of session: Session) -> Int32? {
        ClaudeProcesses(folders.liveSessions).holder(of: session.id)
    }

    func sessionID(openFile: Path) -> String? {
        openFile.bytes.starts(with: root.bytes) ? sessionID(fileName: openFile.lastComponent) : nil
    }

    var switchMarkers: [Path] { [folders.liveSessions] }

    func sessionsOpen(inProcess pid: Int32) -> Set<String> {
        ClaudeProcesses(folders.liveSessions).session(of: pid).map { isUUID($0) ? [$0] : [] } ?? []
    }

    private func derivedID(_ name: String) -> DerivedID {
        DerivedID(agent: Agent.claude.name, workdir: query.workdir, name: name)
    }

    /// Sub-agents' transcripts lie beside the sessions in older releases; only a UUID names a session.
    private func sessionID(fileName: Bytes) -> String? {
        fileName.text?.part(before: ".jsonl").flatMap { isUUID($0) ? $0 : nil }
    }

    /// Folder names of different directories can be the same; the lines tell.
    private func isHere(_ session: Session, _ findings: inout Findings) -> Bool {
        guard !query.everywhere, let directory = session.directory, directory != query.workdir else {
            return true
        }
        findings.saw(session.store, .ignored, "it belongs to another directory, \(directory)")
        return false
    }

    /// The session in the first of the folders that holds it, a resumable one before others.
    private func look(_ id: String, in places: [Path], _ findings: inout Findings) -> Lookup {
        var result = Lookup.absent
        for folder in places {
            let path = folder / (id + ".jsonl")
            do throws(StoreFailure) {
                switch try StoreEntry.at(path) {
                case .absent: continue
                case .directory, .other:
                    findings.saw(path, .ignored, "it is not a regular file")
                    if result == .absent { result = .found(session(id, path)) }
                case .file(let stamp):
                    let found = session(id, path, try transcript(path, stamp))
                    findings.saw(path, found.state == .resumable ? .ok : .ignored, description(found))
                    if found.state == .resumable { return .found(found) }
                    if result == .absent { result = .found(found) }
                }
            } catch {
                findings.saw(error)
                return .unreadable(error)
            }
        }
        return result
    }

    private func transcript(_ path: Path, _ stamp: FileStamp) throws(StoreFailure) -> ClaudeTranscript {
        let transcript = try transcripts.value(
            path,
            stamp,
            try ClaudeTranscript(path, query, whole: spend(stamp.size))
        )
        guard transcript.state == .resumable || !transcript.isDoubtful else {
            throw .damaged(
                path,
                "a line that may be a message cannot be read reliably",
                nextStep: "look at the file, or pass --fresh"
            )
        }
        return transcript
    }

    /// Whether a file of this size may be read whole.
    private func spend(_ size: Int) -> Bool {
        guard size <= min(Self.wholeFile, countingBudget) else { return false }
        countingBudget -= size
        return true
    }

    private func session(_ id: String, _ path: Path, _ transcript: ClaudeTranscript? = nil) -> Session {
        Session(
            id: id,
            directory: transcript?.directory,
            store: path,
            state: transcript?.state ?? .dead,
            messages: transcript?.messages,
            startedAt: transcript?.startedAt,
            updatedAt: transcript?.updatedAt,
            interrupted: transcript?.interrupted,
            firstMessage: transcript?.firstMessage ?? .none
        )
    }

    private func description(_ session: Session) -> String {
        switch session.state {
        case .resumable:
            (session.messages.map { "\($0) message\($0 == 1 ? "" : "s")" } ?? "messages")
                + (session.interrupted == true ? ", the last turn unfinished" : "")
        case .empty: "commands only, no message"
        case .dead: "no message: the agent refuses this ID"
        }
    }
}
