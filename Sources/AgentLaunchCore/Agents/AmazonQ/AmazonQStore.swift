/// Amazon Q's database, with one row for each directory that it talked in.
final class AmazonQStore: SessionStore {
    /// What the database holds, read at one moment.
    private struct Snapshot {
        /// This directory's conversation.
        var own: Result<Session, StoreFailure>?
        /// Those of other directories, if they were asked for.
        var others: [Session] = []
        /// Why there may have been more.
        var doubt: StoreFailure?
    }

    private let query: StoreQuery
    let root: Path
    private let database: Path
    private var snapshot = StoreSnapshot<Snapshot>()

    init(_ query: StoreQuery) {
        self.query = query
        // Only an absolute value counts.
        let data = query.environment.absolutePath("XDG_DATA_HOME") ?? query.home / ".local/share"
        root = data / "amazon-q"
        database = root / "data.sqlite3"
    }

    var watched: [Path] { [root, root.parent] }

    func failure(_ findings: inout Findings) -> StoreFailure? {
        switch load(&findings) {
        case .failure(let failure): return failure
        case .success(let snapshot):
            // A cold start would overwrite what cannot be read.
            if case .failure(let failure) = snapshot.own { return failure }
            return snapshot.doubt
        }
    }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        switch load(&findings) {
        case .failure(let failure): return .unreadable(failure)
        case .success(let snapshot):
            switch snapshot.own {
            case .success(let session) where session.id == id: return .found(session)
            case .failure(let failure): return .unreadable(failure)
            case .success, nil: break
            }
            do throws(StoreFailure) {
                let elsewhere = try sessions { $0 != self.query.workdir.bytes }
                if let session = elsewhere.first(where: { $0.id == id }) { return .found(session) }
            } catch { return .unreadable(error) }
            return snapshot.doubt.map { .unreadable($0) } ?? .absent
        }
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        switch load(&findings) {
        case .failure(let failure): return Candidates(failures: [failure])
        case .success(let snapshot):
            var result = Candidates(sessions: snapshot.others, failures: [snapshot.doubt].compactMap(\.self))
            switch snapshot.own {
            case .success(let session): if session.state == .resumable { result.sessions.append(session) }
            case .failure(let failure): result.failures.append(failure)
            case nil: break
            }
            return result
        }
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        guard let directory = session.directory,
            case .read(let found, _)? = try? reader.read({ (database) throws(SQLiteFailure) in
                try self.row(of: directory.bytes, database).flatMap { (table, row) throws(SQLiteFailure) in
                    try table.conversation(of: row)
                }
            }), case .success(let conversation)? = found, conversation.id == session.id
        else { return nil }
        return conversation.contains(text)
    }

    func overwritten(_ findings: inout Findings) throws(StoreFailure) -> OldConversation? {
        let snapshot = try load(&findings).get()
        var id: String?
        switch snapshot.own {
        case nil: return nil
        case .success(let session):
            if session.state != .resumable { return nil }
            id = session.id
        case .failure: break
        }
        let answer = try reader.read { (database) throws(SQLiteFailure) in
            try self.row(of: self.query.workdir.bytes, database).flatMap {
                (table, row) throws(SQLiteFailure) in
                try table.value(of: row)
            }
        }
        if case .read(let value?, _) = answer { return OldConversation(id: id, content: value) }
        throw damaged("the conversation of this directory is not text")
    }

    /// Whether somebody has signed in; nil if that cannot be told.
    var isSignedIn: Bool? { AmazonQTable.isSignedIn(reader) }

    // MARK: Reading

    private var reader: SQLiteReader { SQLiteReader(database, patience: query.patience) }

    private func load(_ findings: inout Findings) -> Result<Snapshot, StoreFailure> {
        snapshot.load(&findings, read)
    }

    private func read(_ findings: inout Findings) throws(StoreFailure) -> Snapshot {
        let answer = try reader.read { (database) throws(SQLiteFailure) in
            try self.row(of: self.query.workdir.bytes, database).map { (table, row) throws(SQLiteFailure) in
                (row, try table.conversation(of: row))
            }
        }
        switch answer {
        case .absent, .empty:
            findings.saw(database, .absent, "no database yet")
            return Snapshot()
        case .read(let found, let sidecars):
            sidecars.report(to: &findings)
            var result = Snapshot(doubt: sidecars.doubt)
            if query.everywhere {
                result.others = try sessions { $0 != self.query.workdir.bytes }.filter {
                    $0.state == .resumable
                }
            }
            guard let (row, conversation) = found else {
                findings.saw(database, .ok, "no conversation of this directory")
                return result
            }
            do throws(StoreFailure) {
                let session = try session(row, conversation)
                let finding =
                    session.state == .resumable ? "a conversation" : "a conversation without a message"
                findings.saw(database, .ok, "\(finding) of this directory")
                result.own = .success(session)
            } catch {
                findings.saw(error)
                result.own = .failure(error)
            }
            return result
        }
    }

    /// The row of a directory, by its exact path: Amazon Q looks at no other and walks nowhere.
    private func row(
        of directory: Bytes,
        _ database: SQLiteDatabase
    ) throws(SQLiteFailure) -> (AmazonQTable, AmazonQTable.Row)? {
        guard let table = try Self.table(database) else { return nil }
        let rows = try table.rows()
        try table.check(rows, of: directory)
        return rows.first { $0.directory == directory }.map { (table, $0) }
    }

    /// Releases before 1.10 have none, and newer ones add it.
    private static func table(_ database: SQLiteDatabase) throws(SQLiteFailure) -> AmazonQTable? {
        guard let table = try AmazonQTable(database, "conversations") else { return nil }
        if let missing = table.missing(["key", "value"]) {
            throw .ours("its table conversations has no column \(missing)")
        }
        return table
    }

    private func sessions(_ isWanted: (Bytes) -> Bool) throws(StoreFailure) -> [Session] {
        let answer = try reader.read { (database) throws(SQLiteFailure) in
            guard let table = try Self.table(database) else { return [Session]() }
            var result: [Session] = []
            for row in try table.rows() where isWanted(row.directory) {
                let conversation = try table.conversation(of: row)
                if let session = try? self.session(row, conversation) { result.append(session) }
            }
            return result
        }
        return answer.value ?? []
    }

    private func session(
        _ row: AmazonQTable.Row,
        _ found: Result<AmazonQConversation, AmazonQConversation.Fault>
    ) throws(StoreFailure) -> Session {
        let conversation = try found.mapError {
            damaged("the conversation of \(row.directory.lossyText) cannot be read: \($0.why)")
        }.get()
        guard Agent.amazonQ.isSessionID(conversation.id) else {
            throw damaged("the conversation of this directory has an ID that Amazon Q does not make")
        }
        return row.session(conversation, store: database, query.task)
    }

    private func damaged(_ why: String) -> StoreFailure {
        .damaged(
            database,
            why,
            nextStep:
                "restore it from a backup, or pass --fresh, which backs it up and starts a new conversation"
        )
    }
}
