import CSQLite

/// Goose's `sessions.db`, schema 2 to 17 and whatever newer one keeps the columns that are asked for.
struct GooseDatabase {
    /// One row of `sessions`.
    struct Row: Equatable, Sendable {
        var id: Bytes
        /// What goose looks sessions up by: the name, or the description of a row that has none.
        var name: Bytes
        var directory: Path
        var type: String
        var isArchived: Bool
        var created: String?
        var updated: String?
    }

    /// The messages of one session, as far as a decision needs them.
    struct Content: Equatable, Sendable {
        var count: Int
        /// At least one message is a user's or an assistant's.
        var hasTurn: Bool
        var first: GooseMessage?
        var last: GooseMessage?
        var latest: Timestamp?
    }

    let database: SQLiteDatabase
    private let sessionColumns: Set<String>

    init(_ database: SQLiteDatabase) throws(SQLiteFailure) {
        self.database = database
        sessionColumns = try database.columns(of: "sessions")
    }

    /// Why this is no store of goose's; nil if it can be read, or has no table yet.
    func foreign() throws(SQLiteFailure) -> String? {
        guard try database.hasTables() else { return nil }
        let lack = try database.lack(of: [
            "schema_version": ["version"], "sessions": ["id", "description", "working_dir", "updated_at"],
            "messages": ["id", "session_id", "role", "content_json", "created_timestamp"],
        ])
        if let lack { return lack }
        // Goose itself begins with this and stops if it fails.
        let version = try database.rows("SELECT MAX(version) FROM schema_version") { $0.integer(0) }.first
        // What schema 4 and 5 added is asked for by every later release, and not added again.
        if version ?? 0 >= 5, let missing = Set(["name", "session_type"]).subtracting(sessionColumns).min() {
            return "its table sessions has no column \(missing)"
        }
        return nil
    }

    /// Every session, without its messages.
    func rows() throws(SQLiteFailure) -> [Row] {
        if sessionColumns.isEmpty { return [] }
        func column(_ name: String) -> String { sessionColumns.contains(name) ? name : "NULL" }
        let names = [column("name"), column("session_type"), column("archived_at"), column("created_at")]
        let rows = try database.rows(
            "SELECT id, description, working_dir, updated_at, \(names.joined(separator: ", ")) FROM sessions"
        ) { (row) throws(SQLiteFailure) in
            let name = try row.bytes(4) ?? []
            return Row(
                id: try row.bytes(0) ?? [],
                name: try name.isEmpty ? row.bytes(1) ?? [] : name,
                directory: Path(bytes: try row.bytes(2) ?? []),
                type: try row.text(5) ?? "user",
                isArchived: try row.bytes(6) != nil,
                created: try row.text(7),
                updated: try row.text(3)
            )
        }
        try database.checkKeys(rows.map(\.id), of: "sessions", "id")
        if sessionColumns.contains("session_type") { try checkTypes() }
        return rows
    }

    /// What goose itself asks for goes through another index, which may be damaged too.
    private func checkTypes() throws(SQLiteFailure) {
        var answers: [[Bytes]] = []
        for way in ["", "NOT INDEXED"] {
            answers.append(
                try database.rows(
                    "SELECT id FROM sessions \(way) WHERE session_type IN ('user', 'scheduled')"
                ) { (row) throws(SQLiteFailure) in try row.bytes(0) ?? [] }
            )
        }
        guard Set(answers[0]) != Set(answers[1]) else { return }
        throw SQLiteFailure(code: SQLITE_CORRUPT, message: "the table sessions and its index differ")
    }

    func content(of id: Bytes) throws(SQLiteFailure) -> Content {
        let key = [SQLiteValue.text(id)]
        let count = try database.rows("SELECT COUNT(*) FROM messages WHERE session_id = ?", key) {
            $0.integer(0)
        }
        if count.first == 0 { try checkForMessages(of: key) }
        let turn = try database.rows(
            "SELECT 1 FROM messages WHERE session_id = ? AND role IN ('user', 'assistant') LIMIT 1",
            key
        ) { $0.integer(0) }
        var first: GooseMessage?
        try messages(of: id) { message in
            first = message
            return false
        }
        let tail = try database.rows(
            "SELECT id, role, created_timestamp FROM messages WHERE session_id = ? ORDER BY id DESC LIMIT 20",
            key
        ) { (row) throws(SQLiteFailure) in (row.integer(0) ?? 0, try row.text(1) ?? "", row.integer(2)) }
        return Content(
            count: Int(count.first ?? 0),
            hasTurn: !turn.isEmpty,
            first: first,
            last: try tail.first.map { (last) throws(SQLiteFailure) in
                GooseMessage(role: last.1, content: try content(ofMessage: last.0))
            },
            latest: tail.compactMap(\.2).map(GooseMessage.time).max()
        )
    }

    /// Throws if the table has messages of a session for which its index has none: it would be taken for empty, and
    /// given the prompt again.
    private func checkForMessages(of key: [SQLiteValue]) throws(SQLiteFailure) {
        let found = try database.rows(
            "SELECT 1 FROM messages NOT INDEXED WHERE session_id = ? LIMIT 1",
            key
        ) { $0.integer(0) }
        guard !found.isEmpty else { return }
        throw SQLiteFailure(code: SQLITE_CORRUPT, message: "the table messages and its index differ")
    }

    /// What was said to goose, oldest first, until the body returns false.
    func messages(
        of id: Bytes,
        _ body: (GooseMessage) -> Bool
    ) throws(SQLiteFailure) {
        // Two steps, so that one message that is too large does not hide the others.
        try database.forEach(
            "SELECT id FROM messages WHERE session_id = ? AND role = 'user' ORDER BY id",
            [.text(id)]
        ) { (row) throws(SQLiteFailure) in
            let message = GooseMessage(role: "user", content: try content(ofMessage: row.integer(0) ?? 0))
            return message.isSpoken ? body(message) : true
        }
    }

    /// The parsed content of a message; nil if it is no JSON or larger than is read.
    private func content(ofMessage id: Int64) throws(SQLiteFailure) -> JSONValue? {
        do throws(SQLiteFailure) {
            let texts = try database.rows("SELECT content_json FROM messages WHERE id = ?", [.integer(id)]) {
                (row) throws(SQLiteFailure) in try row.bytes(0)
            }
            return texts.first.flatMap { JSONRecord.of($0, GooseMessage.fields).value }
        } catch {
            if error.primaryCode == SQLITE_TOOBIG { return nil }
            throw error
        }
    }
}
