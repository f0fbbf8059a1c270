/// Goose's sessions: the database, or the files that goose will import into it.
final class GooseStore: SessionStore {
    private let query: StoreQuery
    private let folders: GooseFolders
    private let names: GooseNames
    private var snapshot: Result<Snapshot, StoreTrouble>?
    private var physical: [Path: Path] = [:]

    init(_ query: StoreQuery) {
        self.query = query
        folders = GooseFolders(query)
        names = GooseNames(workdir: query.workdir, name: query.name)
    }

    var root: Path { folders.sessions }
    var watched: [Path] { [folders.sessions, folders.sessions.parent] }

    func trouble(_ findings: inout Findings) -> StoreTrouble? {
        switch load(&findings) {
        case .success(let snapshot): snapshot.doubt
        case .failure(let trouble): trouble
        }
    }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        switch load(&findings) {
        case .failure(let trouble): return .unreadable(trouble)
        case .success(let snapshot):
            if let row = snapshot.unusable.first(where: { $0.id == id }) { return .unreadable(row.trouble) }
            if let session = snapshot.sessions.first(where: { $0.id == id }) {
                return doubted(session, snapshot)
            }
            guard let row = snapshot.elsewhere.first(where: { $0.id == Bytes(id.utf8) }) else {
                return snapshot.doubt.map { .unreadable($0) } ?? .absent
            }
            do throws(StoreTrouble) {
                let content = try read { (goose) throws(SQLiteFailure) in try goose.content(of: row.id) }
                guard let content else { return .absent }
                return doubted(try session(row, id, content), snapshot)
            } catch {
                return .unreadable(error)
            }
        }
    }

    func derived(_ findings: inout Findings) -> Derivation {
        switch load(&findings) {
        case .failure(let trouble): return Derivation(trouble: trouble, new: NewSession(name: names.base))
        case .success(let snapshot): return derivation(snapshot)
        }
    }

    func isDerived(_ session: Session, from name: String) -> Bool {
        let names = GooseNames(workdir: query.workdir, name: name)
        let own = [session.name, session.id].compactMap(\.self)
        return own.contains { names.number(of: $0) != nil || $0 == names.plain }
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        switch load(&findings) {
        case .failure(let trouble): return Candidates(troubles: [trouble])
        case .success(let snapshot):
            return Candidates(
                sessions: snapshot.sessions.filter { $0.state == .resumable && $0.origin == .user },
                troubles: [snapshot.doubt].compactMap(\.self)
                    + snapshot.unusable.filter { $0.origin == .user }.map(\.trouble)
            )
        }
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        if session.store != folders.database {
            return GooseLegacy(folder: root).contains(text, session.store)
        }
        let found = try? read { (goose) throws(SQLiteFailure) -> Bool? in
            var result: Bool? = false
            try goose.messages(of: Bytes(session.id.utf8)) { message in
                switch message.isTask(text) {
                case true?: result = true
                case nil: result = nil
                case false?: break
                }
                return result != true
            }
            return result
        }
        return found ?? nil
    }

    // MARK: What was read

    /// Everything that a decision needs, read at one moment.
    private struct Snapshot {
        /// The sessions of this directory.
        var sessions: [Session] = []
        /// Sessions of this directory that goose would stumble over.
        var unusable: [Unusable] = []
        /// Rows of other directories.
        var elsewhere: [GooseDatabase.Row] = []
        /// Why there may have been more.
        var doubt: StoreTrouble?
    }

    private struct Unusable {
        var id: String
        var name: String
        var origin: Session.Origin
        var trouble: StoreTrouble
    }

    private func load(_ findings: inout Findings) -> Result<Snapshot, StoreTrouble> {
        if let snapshot { return snapshot }
        let result: Result<Snapshot, StoreTrouble>
        do throws(StoreTrouble) {
            result = .success(try readAll(&findings))
        } catch {
            findings.saw(error.path, error.kind == .damaged ? .damaged : .unreadable, error.why)
            result = .failure(error)
        }
        snapshot = result
        return result
    }

    /// What one look at the database gave.
    private struct Found {
        var here: [(row: GooseDatabase.Row, content: GooseDatabase.Content)] = []
        var elsewhere: [GooseDatabase.Row] = []
        var foreign: GooseDatabase.Foreign?
    }

    private func readAll(_ findings: inout Findings) throws(StoreTrouble) -> Snapshot {
        let answer = try reader.read { (database) throws(SQLiteFailure) in
            let goose = try GooseDatabase(database)
            var found = Found()
            found.foreign = try goose.foreign()
            if found.foreign != nil { return found }
            for row in try goose.rows() {
                if isHere(row.directory) {
                    found.here.append((row, try goose.content(of: row.id)))
                } else {
                    found.elsewhere.append(row)
                }
            }
            return found
        }
        switch answer {
        case .absent, .empty:
            findings.saw(folders.database, .absent, "no database yet")
            return try legacySessions(&findings)
        case .read(let found, let sidecars):
            sidecars.report(to: &findings)
            if let foreign = found.foreign {
                throw StoreTrouble(
                    path: folders.database,
                    kind: .damaged,
                    why: foreign.why,
                    nextStep: "update agentlaunch, or restore the store"
                )
            }
            var result = Snapshot(elsewhere: found.elsewhere, doubt: sidecars.doubt)
            for (row, content) in found.here {
                let id = row.id.lossyText
                do throws(StoreTrouble) {
                    result.sessions.append(try session(row, id, content))
                } catch {
                    let name = row.name.lossyText
                    result.unusable.append(Unusable(id: id, name: name, origin: origin(row), trouble: error))
                }
            }
            findings.saw(
                folders.database,
                .ok,
                "\(found.here.count) sessions of this directory, \(found.elsewhere.count) of others"
            )
            return result
        }
    }

    private func legacySessions(_ findings: inout Findings) throws(StoreTrouble) -> Snapshot {
        let legacy = GooseLegacy(folder: root)
        var result = Snapshot()
        for id in try legacy.ids() {
            do throws(StoreTrouble) {
                guard let session = try legacy.session(id, query.task, &findings) else { continue }
                guard let directory = session.directory, isHere(directory) else { continue }
                findings.saw(session.store, .ok, "a session that goose imports when it makes its database")
                result.sessions.append(session)
            } catch {
                findings.saw(error.path, .unreadable, error.why)
                result.unusable.append(Unusable(id: id, name: id, origin: .user, trouble: error))
            }
        }
        return result
    }

    private var reader: SQLiteReader {
        var reader = SQLiteReader(folders.database)
        reader.patience = query.patience
        return reader
    }

    /// Nil if there is no database any more.
    private func read<Value>(
        _ body: (GooseDatabase) throws(SQLiteFailure) -> Value
    ) throws(StoreTrouble) -> Value? {
        let answer = try reader.read { (database) throws(SQLiteFailure) in try body(GooseDatabase(database)) }
        if case .read(let value, _) = answer { return value }
        return nil
    }

    /// Goose stores the path that its process ran in; a person may have moved it behind a link since.
    private func isHere(_ directory: Path) -> Bool {
        if directory == query.workdir { return true }
        guard directory.isAbsolute else { return false }
        if physical[directory] == nil { physical[directory] = (try? directory.resolved()) ?? directory }
        return physical[directory] == query.workdir
    }

    private func session(
        _ row: GooseDatabase.Row,
        _ id: String,
        _ content: GooseDatabase.Content
    ) throws(StoreTrouble) -> Session {
        guard row.id.text != nil, Agent.goose.isSessionID(id) else {
            throw damaged("a session of this directory has an id that goose does not make")
        }
        if content.count > 0 && !content.hasTurn {
            throw damaged("the messages of session \(id) are neither a user's nor an assistant's")
        }
        return Session(
            id: id,
            name: row.name.lossyText,
            directory: row.directory,
            store: folders.database,
            state: content.hasTurn ? .resumable : .empty,
            origin: origin(row),
            messages: content.count,
            startedAt: row.created.flatMap { Timestamp($0) },
            updatedAt: content.latest ?? row.updated.flatMap { Timestamp($0) },
            interrupted: content.last?.leavesTurnOpen,
            firstMessage: GooseMessage.firstMessage(content.first, query.task)
        )
    }

    private func damaged(_ why: String) -> StoreTrouble {
        StoreTrouble(
            path: folders.database,
            kind: .damaged,
            why: why,
            nextStep: "restore it from a backup, or pass --fresh"
        )
    }

    private func origin(_ row: GooseDatabase.Row) -> Session.Origin {
        switch row.type {
        case "user": row.isArchived ? .archived : .user
        case "scheduled": .scheduled
        case "sub_agent": .subAgent
        default: .other
        }
    }

    // MARK: Names

    private func doubted(_ session: Session, _ snapshot: Snapshot) -> Lookup {
        if session.state != .resumable, let doubt = snapshot.doubt { return .unreadable(doubt) }
        return .found(session)
    }

    private func derivation(_ snapshot: Snapshot) -> Derivation {
        // By name goose takes a person's, a scheduled and an archived session.
        let named = snapshot.sessions.filter { $0.origin.isFoundByName }
        let numbers = named.compactMap(number) + query.recorded.compactMap { names.number(of: $0) }
        let (reachable, next) = GooseNames.reachable(Set(numbers))
        let ours = named.filter { number($0).map(reachable.contains) == true }.sorted { a, b in
            let (left, right) = (number(a) ?? 0, number(b) ?? 0)
            return left == right ? newestFirst(a, b) : left > right
        }
        let plain = named.filter { number($0) == nil && ($0.name == names.plain || $0.id == names.plain) }
            .sorted(by: newestFirst)
        var result = Derivation(
            resumable: (ours + plain).first { $0.state == .resumable },
            empty: (ours + plain).first { $0.state == .empty },
            new: NewSession(name: names.name(next))
        )
        if result.resumable == nil {
            let unusable = snapshot.unusable.first { row in
                row.origin.isFoundByName
                    && [row.id, row.name].contains { names.number(of: $0) != nil || $0 == names.plain }
            }
            result.trouble = unusable?.trouble
        }
        return result
    }

    private func number(_ session: Session) -> Int? {
        [session.name ?? "", session.id].compactMap { names.number(of: $0) }.max()
    }
}

extension Session.Origin {
    fileprivate var isFoundByName: Bool { self == .user || self == .scheduled || self == .archived }
}
