/// Gemini CLI's sessions: `tmp/<project>/chats/session-<minute>-<first 8 of the id>.jsonl`, `.json` before 0.39.
///
/// An id may have several files: a resume leaves a second one that holds nothing, and an old `.json` stays beside its copy.
final class GeminiStore: SessionStore {
    private let query: StoreQuery
    private let folders: GeminiDirectories
    private let files: GeminiChatFiles
    private var cachedProjects = StoreSnapshot<GeminiProjects>()

    init(_ query: StoreQuery) {
        self.query = query
        folders = GeminiDirectories(query)
        files = GeminiChatFiles(query.task)
    }

    var root: Path { folders.projects }

    var watched: [Path] {
        var findings = Findings()
        let own = (try? projects(&findings).own) ?? []
        return [folders.home, root] + own + own.map { $0 / "chats" }
    }

    func failure(_ findings: inout Findings) -> StoreFailure? {
        do throws(StoreFailure) {
            let own = try projects(&findings).own
            return findings.failure(listing: own.map { $0 / "chats" })
        } catch {
            return error
        }
    }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        do throws(StoreFailure) {
            let projects = try projects(&findings)
            let own = try look(id, in: projects.own, query.workdir, &findings)
            guard own == .absent else { return own }
            for (folder, directory) in projects.all where !projects.own.contains(folder) {
                let found = try look(id, in: [folder], directory, &findings)
                guard case .found(let session) = found else { continue }
                if directory == nil, session.state == .resumable {
                    let isOurs = hash(of: session) == GeminiDirectories.digest(query.workdir)
                    return .unreadable(projects.misplaced(session, in: folder, isOurs: isOurs))
                }
                return found
            }
            return .absent
        } catch {
            return .unreadable(error)
        }
    }

    func derived(_ findings: inout Findings) -> Derivation {
        derivedID(query.name).search(recorded: query.recorded) { id in
            do throws(StoreFailure) {
                return try look(id, in: projects(&findings).own, query.workdir, orAnother: true, &findings)
            } catch {
                return .unreadable(error)
            }
        }
    }

    func isDerived(_ session: Session, from name: String) -> Bool { derivedID(name).isAttempt(session.id) }

    func candidates(_ findings: inout Findings) -> Candidates {
        var result = Candidates()
        do throws(StoreFailure) {
            let projects = try projects(&findings)
            if query.everywhere {
                for (folder, directory) in projects.all {
                    collect(folder, of: directory, into: &result, &findings)
                }
                return result
            }
            let own = projects.own
            if own.isEmpty { findings.saw(root, .absent, "no chats of this directory") }
            for folder in own { collect(folder, of: query.workdir, into: &result, &findings) }
            // What nothing names may be this directory's: its messages tell.
            for folder in projects.nobodys where !own.contains(folder) {
                var found = Candidates()
                collect(folder, of: nil, into: &found, &findings)
                let isOurs = found.sessions.contains {
                    hash(of: $0) == GeminiDirectories.digest(query.workdir)
                }
                if isOurs { result.failures.append(projects.unnamed(folder)) }
            }
        } catch {
            result.add(error, &findings)
        }
        return result
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        guard let chat = try? GeminiChat(session.store, text) else { return nil }
        return chat.hasTask
    }

    /// Every conversation of this directory, where retention is on: it may delete any of them.
    func overwritten(_ findings: inout Findings) throws(StoreFailure) -> OldConversation? {
        if GeminiRetention(query).isOff { return nil }
        var paths: [Path] = []
        for folder in try projects(&findings).own {
            for (path, chat) in try files.chats(in: folder) where !chat.messages.isEmpty || chat.isDoubtful {
                paths.append(path)
            }
        }
        if paths.isEmpty { return nil }
        return OldConversation(
            files: paths,
            fate:
                "may delete the \(paths.count) conversation file\(paths.count == 1 ? "" : "s") of this directory"
        )
    }

    // MARK: Reading

    private func derivedID(_ name: String) -> DerivedID {
        DerivedID(agent: Agent.gemini.name, workdir: query.workdir, name: name)
    }

    private func projects(_ findings: inout Findings) throws(StoreFailure) -> GeminiProjects {
        try cachedProjects.load(&findings) { (findings) throws(StoreFailure) in
            try GeminiProjects(folders, query.workdir, &findings)
        }.get()
    }

    /// The session of an id, or what stands in its way.
    /// - Parameter orAnother: a file whose name fits counts even if it is another session's, because Gemini deletes by
    ///   the first eight characters
    private func look(
        _ id: String,
        in folders: [Path],
        _ directory: Path?,
        orAnother: Bool = false,
        _ findings: inout Findings
    ) throws(StoreFailure) -> Lookup {
        var best: Session?
        var doubt: StoreFailure?
        var dead: Path?
        for folder in folders {
            for (path, chat) in try files.chats(in: folder, of: id) {
                guard chat.id == id || !chat.isSession else {
                    if orAnother { dead = dead ?? path }
                    continue
                }
                if chat.isSubAgent { continue }
                let session = session(id, path, chat, of: directory)
                if session.state == .resumable {
                    if best.map({ newestFirst(session, $0) }) ?? true { best = session }
                } else if chat.isDoubtful {
                    doubt = chat.failure(at: path)
                } else {
                    dead = dead ?? path
                }
            }
        }
        if let best {
            findings.saw(best.store, .ok, description(best))
            return .found(best)
        }
        if let doubt {
            findings.saw(doubt)
            return .unreadable(doubt)
        }
        guard let dead else { return .absent }
        findings.saw(dead, .ignored, "no message: the agent refuses this ID in both ways")
        return .found(Session(id: id, directory: directory, store: dead, state: .dead, firstMessage: .none))
    }

    /// Each session of a folder once.
    private func collect(
        _ folder: Path,
        of directory: Path?,
        into result: inout Candidates,
        _ findings: inout Findings
    ) {
        let found: [(path: Path, chat: GeminiChat)]
        do throws(StoreFailure) { found = try files.chats(in: folder) } catch {
            result.add(error, &findings)
            return
        }
        var best: [String: Session] = [:]
        for (path, chat) in found where chat.isTalk && !chat.isSubAgent {
            guard let id = chat.id else { continue }
            guard isUUID(id) else {
                let why = "its ID is not one that Gemini makes"
                result.failures.append(.damaged(path, why, nextStep: "look at the file, or pass --fresh"))
                continue
            }
            let session = session(id, path, chat, of: directory)
            if best[id].map({ newestFirst(session, $0) }) ?? true { best[id] = session }
        }
        for session in best.values.sorted(by: newestFirst) {
            findings.saw(session.store, .ok, description(session))
            result.sessions.append(session)
        }
        for (path, chat) in found
        where chat.isDoubtful && !chat.isSubAgent && !(chat.isSession && chat.isTalk) {
            // One file of a session may be broken where another one is whole.
            if let id = chat.id, best[id] != nil { continue }
            result.add(chat.failure(at: path), &findings)
        }
    }

    private func session(_ id: String, _ path: Path, _ chat: GeminiChat, of directory: Path?) -> Session {
        Session(
            id: id,
            directory: directory,
            store: path,
            state: chat.isSession && chat.isTalk ? .resumable : .dead,
            messages: chat.count,
            startedAt: chat.startedAt,
            updatedAt: chat.updatedAt,
            interrupted: chat.interrupted,
            firstMessage: chat.firstMessage
        )
    }

    private func hash(of session: Session) -> String? { files.projectHash(session.store) }

    private func description(_ session: Session) -> String {
        let count = session.messages ?? 0
        return "\(count) message\(count == 1 ? "" : "s")"
            + (session.interrupted == true ? ", the last turn unfinished" : "")
    }
}
