/// OpenCode's sessions: one database for every directory, or the files that OpenCode will import into it.
final class OpenCodeStore: SessionStore {
    private let query: StoreQuery
    private let folders: OpenCodeDirectories
    private let workdir: WorkdirMatcher
    private var snapshot = StoreSnapshot<Snapshot>()

    /// What the store holds at one moment.
    private struct Snapshot {
        /// The sessions of this directory.
        var sessions: [Session] = []
        /// Those of this directory over which OpenCode would stumble.
        var unusable: [(id: String, isOwn: Bool, failure: StoreFailure)] = []
        /// Rows of other directories.
        var elsewhere: [OpenCodeDatabase.Row] = []
        /// Why there may have been more.
        var doubt: StoreFailure?
    }

    init(_ query: StoreQuery) {
        self.query = query
        folders = OpenCodeDirectories(query)
        workdir = WorkdirMatcher(query)
    }

    /// The database itself: with another OPENCODE_DB in the same folder the sessions are others.
    var root: Path { folders.database ?? folders.data }
    var watched: [Path] { [folders.data, root.parent, folders.data.parent] }

    func failure(_ findings: inout Findings) -> StoreFailure? {
        switch load(&findings) {
        case .success(let snapshot): snapshot.doubt
        case .failure(let failure): failure
        }
    }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        let snapshot: Snapshot
        switch load(&findings) {
        case .failure(let failure): return .unreadable(failure)
        case .success(let loaded): snapshot = loaded
        }
        if let session = snapshot.unusable.first(where: { $0.id == id }) {
            return .unreadable(session.failure)
        }
        var found = snapshot.sessions.first { $0.id == id }
        if found == nil, let row = snapshot.elsewhere.first(where: { $0.id == Bytes(id.utf8) }) {
            do throws(StoreFailure) {
                found = try read { (database) throws(SQLiteFailure) in try database.content(of: row.id) }
                    .map { (content) throws(StoreFailure) in try session(row, content) }
            } catch {
                return .unreadable(error)
            }
        }
        if let found, found.state == .resumable { return .found(found) }
        if let doubt = snapshot.doubt { return .unreadable(doubt) }
        return found.map { .found($0) } ?? .absent
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        switch load(&findings) {
        case .failure(let failure): return Candidates(failures: [failure])
        case .success(let snapshot):
            return Candidates(
                sessions: snapshot.sessions.filter { $0.state == .resumable && $0.origin == .user },
                failures: [snapshot.doubt].compactMap(\.self)
                    + snapshot.unusable.filter(\.isOwn).map(\.failure)
            )
        }
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        if session.store != folders.database {
            let texts = try? OpenCodeLegacy(folder: folders.legacy, task: nil).texts(of: session.id)
            return texts?.reduce(into: Bool?.some(false)) { $0.formOr($1.isTask(text)) } ?? nil
        }
        let found = try? read { (database) throws(SQLiteFailure) -> Bool? in
            var result: Bool? = false
            try database.texts(of: Bytes(session.id.utf8)) { said in
                result.formOr(said.isTask(text))
                return result != true
            }
            return result
        }
        return found ?? nil
    }

    // MARK: Reading

    private func load(_ findings: inout Findings) -> Result<Snapshot, StoreFailure> {
        snapshot.load(&findings, look)
    }

    private func look(_ findings: inout Findings) throws(StoreFailure) -> Snapshot {
        guard let path = folders.database else {
            findings.warn(
                "store-in-memory",
                "OPENCODE_DB=:memory: loses the conversation when opencode exits"
            )
            return Snapshot()
        }
        for other in folders.channelDatabases() {
            findings.saw(other, .ignored, "another release channel's database")
            findings.warn(
                "other-channel",
                "\(other) is ignored; if opencode is a build of that channel, set OPENCODE_DB to it"
            )
        }
        // Reading the rows and their messages is one transaction: all of it is of one moment.
        struct Found {
            var foreign: String?
            var here: [(row: OpenCodeDatabase.Row, content: OpenCodeDatabase.Content)] = []
            var elsewhere: [OpenCodeDatabase.Row] = []
        }
        let answer = try reader(path).read { (database) throws(SQLiteFailure) in
            let database = OpenCodeDatabase(database)
            var found = Found(foreign: try database.foreign())
            if found.foreign != nil { return found }
            for row in try database.rows() {
                if workdir.isHere(row.directory) {
                    found.here.append((row, try database.content(of: row.id)))
                } else {
                    found.elsewhere.append(row)
                }
            }
            return found
        }
        switch answer {
        case .absent:
            findings.saw(path, .absent, "no database yet")
            return try legacy(&findings)
        case .empty:
            // OpenCode imports the files of before only where there is no database at all.
            findings.saw(path, .absent, "an empty file")
            return Snapshot()
        case .read(let found, let sidecars):
            sidecars.report(to: &findings)
            if let foreign = found.foreign {
                throw .damaged(root, foreign, nextStep: "update agentlaunch, or restore the store")
            }
            var result = Snapshot(elsewhere: found.elsewhere, doubt: sidecars.doubt)
            for (row, content) in found.here {
                do throws(StoreFailure) {
                    result.sessions.append(try session(row, content))
                } catch {
                    result.unusable.append((row.id.lossyText, !row.isChild && !row.isArchived, error))
                }
            }
            findings.saw(
                path,
                .ok,
                "\(found.here.count) sessions of this directory, \(found.elsewhere.count) of others"
            )
            return result
        }
    }

    private func legacy(_ findings: inout Findings) throws(StoreFailure) -> Snapshot {
        let legacy = OpenCodeLegacy(folder: folders.legacy, task: query.task)
        var result = Snapshot()
        for file in try legacy.files() {
            do throws(StoreFailure) {
                guard let session = try legacy.session(file, wanted: workdir.isHere) else { continue }
                findings.saw(file, .ok, "a session that OpenCode imports when it creates its database")
                result.sessions.append(session)
            } catch {
                findings.saw(error)
                let id = Bytes(file.lastComponent.dropLast(5)).lossyText
                result.unusable.append((id, true, error))
            }
        }
        return result
    }

    private func session(
        _ row: OpenCodeDatabase.Row,
        _ content: OpenCodeDatabase.Content
    ) throws(StoreFailure) -> Session {
        guard let id = row.id.text, Agent.openCode.isSessionID(id) else {
            throw .damaged(root, "a session of this directory has an ID that OpenCode does not make")
        }
        if content.count > 0 && !content.hasTurn {
            throw .damaged(root, "the messages of session \(id) cannot be read")
        }
        let latest = [row.updated, content.latest].compactMap(\.self).max()
        return Session(
            id: id,
            name: row.title,
            directory: row.directory,
            store: root,
            // OpenCode opens both by their ids: but in a sub-agent's is nobody's task, and one without messages
            // takes none.
            state: content.hasTurn && !row.isChild ? .resumable : .dead,
            origin: row.isChild ? .subAgent : row.isArchived ? .archived : .user,
            messages: content.count,
            startedAt: row.created.map { Timestamp(milliseconds: $0) },
            updatedAt: latest.map { Timestamp(milliseconds: $0) },
            interrupted: content.last?.leavesTurnOpen,
            firstMessage: OpenCodeText.firstMessage(content.first, query.task)
        )
    }

    private func reader(_ path: Path) -> SQLiteReader { SQLiteReader(path, patience: query.patience) }

    /// Nil if there is no database any more.
    private func read<Value>(
        _ body: (OpenCodeDatabase) throws(SQLiteFailure) -> Value
    ) throws(StoreFailure) -> Value? {
        guard let path = folders.database else { return nil }
        return try reader(path).read { (database) throws(SQLiteFailure) in
            try body(OpenCodeDatabase(database))
        }.value
    }
}
