/// The table in which Amazon Q, and Kiro's first engine after it, keep their conversations.
struct AmazonQTable {
    /// One row, without its value.
    struct Row: Equatable, Sendable {
        var number: Int64
        /// The directory, as the kernel names it.
        var directory: Bytes
        /// Kiro keeps the id and the times in columns of their own.
        var id: Bytes?
        var created: Timestamp?
        var updated: Timestamp?

        func session(_ conversation: AmazonQConversation, store: Path, _ task: TaskText?) -> Session {
            Session(
                id: conversation.id,
                directory: Path(bytes: directory),
                store: store,
                // One in which nothing was said is not resumed: a new one takes its place.
                state: conversation.isEmpty ? .dead : .resumable,
                messages: conversation.messages,
                startedAt: conversation.startedAt ?? created,
                updatedAt: updated ?? conversation.updatedAt,
                interrupted: conversation.isEmpty ? nil : conversation.isInterrupted,
                firstMessage: conversation.firstMessage(task)
            )
        }
    }

    let database: SQLiteDatabase
    let name: String
    private let columns: Set<String>

    /// Nil if there is no such table: a release that knows it makes it.
    init?(_ database: SQLiteDatabase, _ name: String) throws(SQLiteFailure) {
        columns = try database.columns(of: name)
        if columns.isEmpty { return nil }
        self.database = database
        self.name = name
    }

    /// The first of these columns that the table lacks: then it is none that we know.
    func missing(_ needed: [String]) -> String? { needed.first { !columns.contains($0) } }

    /// Every row, without its value. By the table itself: an index may be damaged.
    func rows() throws(SQLiteFailure) -> [Row] {
        let more = ["conversation_id", "created_at", "updated_at"].map { columns.contains($0) ? $0 : "NULL" }
        return try database.rows(
            "SELECT rowid, key, \(more.joined(separator: ", ")) FROM \(name) NOT INDEXED"
        ) { (row) throws(SQLiteFailure) in
            Row(
                number: row.integer(0) ?? 0,
                directory: try row.bytes(1) ?? [],
                id: try row.bytes(2),
                created: row.integer(3).map { Timestamp(milliseconds: $0) },
                updated: row.integer(4).map { Timestamp(milliseconds: $0) }
            )
        }
    }

    /// The agent's own question for a directory goes by the index: what that finds has to be what the table holds.
    func check(_ rows: [Row], of directory: Bytes) throws(SQLiteFailure) {
        let found = try database.rows("SELECT rowid FROM \(name) WHERE key = ?", [.text(directory)]) {
            $0.integer(0)
        }
        guard Set(found) == Set(rows.filter { $0.directory == directory }.map(\.number)) else {
            throw .ours("its table \(name) and the table's index differ")
        }
    }

    /// Nil if the value is no text: the agent takes nothing else.
    func value(of row: Row) throws(SQLiteFailure) -> Bytes? {
        try database.rows("SELECT value FROM \(name) WHERE rowid = ?", [.integer(row.number)]) {
            (row) throws(SQLiteFailure) in row.isText(0) ? try row.bytes(0) : nil
        }.first
    }

    func conversation(
        of row: Row
    ) throws(SQLiteFailure) -> Result<AmazonQConversation, AmazonQConversation.Fault> {
        let value = try value(of: row)
        do throws(AmazonQConversation.Fault) { return .success(try AmazonQConversation(value)) } catch {
            return .failure(error)
        }
    }

    /// Whether somebody has signed in: the token is kept in the same database. Nil if that cannot be told.
    static func isSignedIn(_ reader: SQLiteReader) -> Bool? {
        let answer = try? reader.read { (database) throws(SQLiteFailure) in try hasToken(database) }
        switch answer {
        case .read(let isSignedIn, _): return isSignedIn
        case .absent, .empty: return false
        case nil: return nil
        }
    }

    private static func hasToken(_ database: SQLiteDatabase) throws(SQLiteFailure) -> Bool {
        guard try database.columns(of: "auth_kv").contains("key") else { return false }
        return try !database.rows("SELECT key FROM auth_kv WHERE key LIKE '%:token'") { _ in true }.isEmpty
    }
}
