/// Kiro's conversations, in the stores of its three engines.
final class KiroStore: SessionStore {
    /// What the stores hold for this directory, read at one moment.
    private struct Snapshot {
        var sessions: [Session] = []
        /// What may belong to this directory and cannot be read, with its id where that is known.
        var unusable: [(id: String?, failure: StoreFailure)] = []
        /// A store that cannot be read as a whole.
        var failures: [StoreFailure] = []
    }

    private let folders: KiroDirectories
    private let matcher: WorkdirMatcher
    private let flat: KiroFlatSessions
    private let workspace: KiroWorkspaceSessions
    private let database: KiroDatabase
    private var snapshot: Snapshot?

    init(_ query: StoreQuery) {
        folders = KiroDirectories(query)
        matcher = WorkdirMatcher(query)
        flat = KiroFlatSessions(folders, query)
        workspace = KiroWorkspaceSessions(folders, query)
        database = KiroDatabase(folders, query)
    }

    var root: Path { folders.sessions }
    /// The engines keep theirs apart, and one may be on a volume that is not mounted while the others are there.
    var places: [Path] { folders.workspaceRoots + [folders.database.parent] }

    var watched: [Path] {
        let workspaces = (try? workspace.workspaces) ?? []
        return [folders.flat] + folders.workspaceRoots + workspaces + ((try? workspace.folders()) ?? [])
            + [folders.database.parent, folders.sessions.parent]
    }

    func failure(_ findings: inout Findings) -> StoreFailure? { load(&findings).failures.first }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        let snapshot = load(&findings)
        if let session = snapshot.sessions.first(where: { $0.id == id }) { return .found(session) }
        if let unusable = snapshot.unusable.first(where: { $0.id == id }) {
            return .unreadable(unusable.failure)
        }
        do throws(StoreFailure) {
            if let session = try elsewhere(id) { return .found(session) }
        } catch { return .unreadable(error) }
        // A row without an id of its own may be the one that is looked for.
        let doubt = snapshot.failures.first ?? snapshot.unusable.first { $0.id == nil }?.failure
        return doubt.map { .unreadable($0) } ?? .absent
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        let snapshot = load(&findings)
        return Candidates(
            sessions: snapshot.sessions.filter { $0.state == .resumable && $0.origin == .user },
            failures: snapshot.failures + snapshot.unusable.map(\.failure)
        )
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        switch KiroEngine(store: session.store) {
        case .classic: database.contains(text, in: session)
        case .flat: flat.contains(text, in: session.id)
        case .workspace: workspace.contains(text, in: session)
        }
    }

    func holder(of session: Session) -> Int32? {
        KiroEngine(store: session.store) == .flat ? flat.lock(session.id).holder : nil
    }

    /// Only the second engine says which process has a session open.
    var switchMarkers: [Path] { [folders.flat] }

    func sessionsOpen(inProcess pid: Int32) -> Set<String> {
        var findings = Findings()
        let ids = (try? flat.ids(&findings)) ?? []
        return Set(ids.filter { flat.lock($0).holder == pid })
    }

    // MARK: Reading

    private func load(_ findings: inout Findings) -> Snapshot {
        if let snapshot { return snapshot }
        var result = Snapshot()
        readFlat(&result, &findings)
        readWorkspaces(&result, &findings)
        readDatabase(&result, &findings)
        snapshot = result
        return result
    }

    private func readFlat(_ result: inout Snapshot, _ findings: inout Findings) {
        do throws(StoreFailure) {
            for id in try flat.ids(&findings) {
                do throws(StoreFailure) {
                    guard let session = try flat.session(id, wanted: matcher.isHere) else { continue }
                    add(session, to: &result, &findings)
                    if session.state == .resumable, flat.lock(id).isUnreadable {
                        findings.warn(
                            "lock-unreadable",
                            "\(flat.lock(id).path) names no process: Kiro may refuse the conversation until it is removed"
                        )
                    }
                } catch {
                    findings.saw(error)
                    result.unusable.append((id, error))
                }
            }
        } catch { fail(error, &result, &findings) }
    }

    private func readWorkspaces(_ result: inout Snapshot, _ findings: inout Findings) {
        do throws(StoreFailure) {
            for folder in try workspace.folders() {
                do throws(StoreFailure) {
                    guard let session = try workspace.session(folder, wanted: matcher.isHere) else {
                        continue
                    }
                    add(session, to: &result, &findings)
                } catch {
                    findings.saw(error)
                    result.unusable.append((folder.lastComponent.lossyText, error))
                }
            }
        } catch { fail(error, &result, &findings) }
    }

    private func readDatabase(_ result: inout Snapshot, _ findings: inout Findings) {
        do throws(StoreFailure) {
            let found = try database.sessions(&findings) { directory, _ in self.matcher.isHere(directory) }
            // One that was taken over by the next engine keeps its id, and goes on there: once something is said.
            let taken = Set(result.sessions.filter { $0.state == .resumable }.map(\.id))
                .union(result.unusable.compactMap(\.id))
            for session in found.sessions where !taken.contains(session.id) {
                result.sessions.removeAll { $0.id == session.id && session.state == .resumable }
                add(session, to: &result, &findings)
            }
            result.unusable += found.unusable.map { ($0.id, $0.failure) }
            if let doubt = found.doubt { result.failures.append(doubt) }
        } catch { fail(error, &result, &findings) }
    }

    /// Of another directory.
    private func elsewhere(_ id: String) throws(StoreFailure) -> Session? {
        if KiroEngine.isWorkspaceID(id) {
            guard let folder = try workspace.folders().first(where: { $0.lastComponent == Bytes(id.utf8) })
            else { return nil }
            return try workspace.session(folder)
        }
        if let session = try flat.session(id) { return session }
        var ignored = Findings()
        let found = try database.sessions(&ignored) { _, other in other.map { $0 == id } ?? true }
        if let session = found.sessions.first(where: { $0.id == id }) { return session }
        if let unusable = found.unusable.first(where: { $0.id == id }) { throw unusable.failure }
        return nil
    }

    private func add(_ session: Session, to result: inout Snapshot, _ findings: inout Findings) {
        if KiroEngine(store: session.store) != .classic {
            let finding =
                switch (session.origin, session.state) {
                case (.subAgent, _): "a sub-agent's session"
                case (_, .resumable): "a session with messages"
                default: "a session without a message"
                }
            let isUsed = session.origin == .user && session.state == .resumable
            findings.saw(session.store, isUsed ? .ok : .ignored, finding)
        }
        result.sessions.append(session)
    }

    private func fail(_ failure: StoreFailure, _ result: inout Snapshot, _ findings: inout Findings) {
        findings.saw(failure)
        result.failures.append(failure)
    }
}
