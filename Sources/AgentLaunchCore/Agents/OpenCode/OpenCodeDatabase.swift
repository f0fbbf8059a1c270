import CSQLite

/// OpenCode's `opencode.db`, releases 1.2 to 1.18 and whatever newer one keeps the columns that are asked for.
struct OpenCodeDatabase {
    /// One row of `session`.
    struct Row: Equatable, Sendable {
        var id: Bytes
        var directory: Path
        var title: String?
        /// A sub-agent's session.
        var isChild: Bool
        var isArchived: Bool
        var created: Int64?
        var updated: Int64?
    }

    /// The messages of one session, as far as a decision needs them.
    struct Content: Equatable, Sendable {
        var count: Int
        /// At least one message is a user's or an assistant's.
        var hasTurn = false
        var first: OpenCodeText?
        var last: OpenCodeMessage?
        var latest: Int64?
    }

    private static let needed: KeyValuePairs<String, Set<String>> = [
        "session": ["id", "directory", "parent_id", "time_created", "time_updated", "time_archived"],
        "message": ["id", "session_id", "time_created", "data"],
        "part": ["id", "message_id", "data"],
    ]

    private let database: SQLiteDatabase

    init(_ database: SQLiteDatabase) { self.database = database }

    /// Why this is no store of OpenCode's; nil if it can be read, or has no table yet.
    func foreign() throws(SQLiteFailure) -> String? {
        guard try database.hasTables() else { return nil }
        return try database.lack(of: Self.needed)
    }

    /// Every session, without its messages.
    func rows() throws(SQLiteFailure) -> [Row] {
        guard try database.hasTables() else { return [] }
        let title = try database.columns(of: "session").contains("title") ? "title" : "NULL"
        let rows = try database.rows(
            "SELECT id, directory, \(title), parent_id, time_archived, time_created, time_updated FROM session"
        ) { (row) throws(SQLiteFailure) in
            Row(
                id: try row.bytes(0) ?? [],
                directory: Path(bytes: try row.bytes(1) ?? []),
                title: try row.text(2),
                isChild: try row.bytes(3) != nil,
                isArchived: try row.bytes(4) != nil,
                created: row.integer(5),
                updated: row.integer(6)
            )
        }
        try database.checkKeys(rows.map(\.id), of: "session", "id")
        // What OpenCode itself asks at its start goes through another index, which may be damaged too.
        _ = try database.rows("SELECT id FROM session WHERE parent_id IS NULL") { _ in true }
        return rows
    }

    func content(of session: Bytes) throws(SQLiteFailure) -> Content {
        let count = try database.rows(
            "SELECT COUNT(*) FROM message WHERE session_id = ?",
            [.text(session)]
        ) { $0.integer(0) }
        var content = Content(count: Int(count.first ?? 0))
        if content.count == 0 { try checkForParts(of: session) }
        try messages(of: session, "time_created, id") { (id, message, _) throws(SQLiteFailure) in
            if message.role != nil { content.hasTurn = true }
            guard message.role == "user" else { return true }
            let said = try text(of: id)
            if said.isSpoken { content.first = said }
            return content.first == nil
        }
        try messages(of: session, "time_created DESC, id DESC") { (_, message, time) in
            content.last = message
            content.latest = time
            return false
        }
        return content
    }

    /// What was said to OpenCode, oldest first, until the body returns false.
    func texts(of session: Bytes, _ body: (OpenCodeText) -> Bool) throws(SQLiteFailure) {
        try messages(of: session, "time_created, id") { (id, message, _) throws(SQLiteFailure) in
            message.role == "assistant" ? true : body(try text(of: id))
        }
    }

    /// A damaged index of messages shows none without an error; that of their parts is another one.
    private func checkForParts(of session: Bytes) throws(SQLiteFailure) {
        guard try database.columns(of: "part").contains("session_id") else { return }
        let parts = try database.rows("SELECT 1 FROM part WHERE session_id = ? LIMIT 1", [.text(session)]) {
            _ in
            true
        }
        if !parts.isEmpty {
            throw SQLiteFailure(
                code: SQLITE_CORRUPT,
                message: "a session has parts of messages and no message"
            )
        }
    }

    private func messages(
        of session: Bytes,
        _ order: String,
        _ body: (Bytes, OpenCodeMessage, Int64?) throws(SQLiteFailure) -> Bool
    ) throws(SQLiteFailure) {
        // Two steps, so that one message that is too large does not hide the others.
        try database.forEach(
            "SELECT id, time_created FROM message WHERE session_id = ? ORDER BY \(order)",
            [.text(session)]
        ) { (row) throws(SQLiteFailure) in
            let id = try row.bytes(0) ?? []
            let data = try json(
                "SELECT data FROM message WHERE id = ?",
                id,
                OpenCodeMessage.fields
            )
            return try body(id, OpenCodeMessage(data.first ?? nil), row.integer(1))
        }
    }

    private func text(of message: Bytes) throws(SQLiteFailure) -> OpenCodeText {
        OpenCodeText(
            try json(
                "SELECT data FROM part WHERE message_id = ? ORDER BY id",
                message,
                OpenCodeMessage.partFields
            )
        )
    }

    /// The values of a column of JSON; nil for one that is no JSON or larger than is read.
    private func json(
        _ statement: String,
        _ key: Bytes,
        _ fields: JSONFields
    ) throws(SQLiteFailure) -> [JSONValue?] {
        var values: [JSONValue?] = []
        do throws(SQLiteFailure) {
            try database.forEach(statement, [.text(key)]) { (row) throws(SQLiteFailure) in
                values.append(try row.bytes(0).flatMap { JSONRecord.of($0, fields).value })
                return true
            }
        } catch  where error.primaryCode == SQLITE_TOOBIG {
            values.append(nil)
        }
        return values
    }
}
