/// Kiro's first engine: conversations as Amazon Q keeps them, several for a directory.
struct KiroDatabase {
    /// A row that the agent's parser would not take.
    struct Unusable: Sendable {
        var id: String?
        var failure: StoreFailure
    }

    struct Found: Sendable {
        var sessions: [Session] = []
        var unusable: [Unusable] = []
        /// Why there may have been more.
        var doubt: StoreFailure?
    }

    private let path: Path
    private let query: StoreQuery

    init(_ folders: KiroDirectories, _ query: StoreQuery) {
        path = folders.database
        self.query = query
    }

    /// The conversations whose directory and id are wanted.
    func sessions(
        _ findings: inout Findings,
        wanted: (_ directory: Path, _ id: String?) -> Bool
    ) throws(StoreFailure) -> Found {
        let answer = try reader.read { (database) throws(SQLiteFailure) in
            try Self.table(database).map { (table) throws(SQLiteFailure) in
                let rows = try table.rows()
                try table.check(rows, of: self.query.workdir.bytes)
                return try rows.filter { wanted(Path(bytes: $0.directory), $0.id?.lossyText) }.map {
                    (row) throws(SQLiteFailure) in (row, try table.conversation(of: row))
                }
            }
        }
        guard case .read(let rows, let sidecars) = answer else {
            findings.saw(path, .absent, "no database yet")
            return Found()
        }
        sidecars.report(to: &findings)
        var found = Found(doubt: sidecars.doubt)
        for (row, conversation) in rows ?? [] {
            do throws(StoreFailure) {
                found.sessions.append(try session(row, conversation))
            } catch {
                findings.saw(error)
                found.unusable.append(Unusable(id: row.id?.lossyText, failure: error))
            }
        }
        findings.saw(path, .ok, "\(found.sessions.count) conversations of the classic engine")
        return found
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        let answer = try? reader.read { (database) throws(SQLiteFailure) -> Bool? in
            guard let table = try Self.table(database) else { return nil }
            for row in try table.rows() where row.id.map({ $0 == Bytes(session.id.utf8) }) ?? true {
                if case .success(let found) = try table.conversation(of: row), found.id == session.id {
                    return found.contains(text)
                }
            }
            return nil
        }
        return answer?.value ?? nil
    }

    /// Whether somebody has signed in; nil if that cannot be told.
    var isSignedIn: Bool? { AmazonQTable.isSignedIn(reader) }

    private var reader: SQLiteReader { SQLiteReader(path, patience: query.patience) }

    /// The table of now; where it has yet to be made, that of before, from which it will be filled. Once it is made,
    /// the old one is never looked at again.
    private static func table(_ database: SQLiteDatabase) throws(SQLiteFailure) -> AmazonQTable? {
        let new = try AmazonQTable(database, "conversations_v2")
        let table: AmazonQTable
        if let new {
            table = new
        } else if let old = try AmazonQTable(database, "conversations") {
            table = old
        } else {
            return nil
        }
        let needed = ["key", "value"] + (new == nil ? [] : ["conversation_id", "created_at", "updated_at"])
        if let missing = table.missing(needed) {
            throw .ours("its table \(table.name) has no column \(missing)")
        }
        return table
    }

    private func session(
        _ row: AmazonQTable.Row,
        _ found: Result<AmazonQConversation, AmazonQConversation.Fault>
    ) throws(StoreFailure) -> Session {
        let conversation = try found.mapError {
            StoreFailure.damaged(
                path,
                "conversation \(row.id?.lossyText ?? "") cannot be read: \($0.why)"
            )
        }.get()
        guard isUUID(conversation.id), row.id.map({ $0 == Bytes(conversation.id.utf8) }) ?? true else {
            throw .damaged(path, "a conversation has an ID that Kiro does not make")
        }
        return row.session(conversation, store: path, query.task)
    }
}
