import CSQLite

/// A chat's `store.db`: JSON messages and the nodes that order them, each under the digest of its bytes.
struct CursorDatabase {
    /// The chat, as far as a decision needs it.
    struct Content: Equatable, Sendable {
        /// At least one message is a user's or an assistant's, or something that is not known is there.
        var hasTurn = false
        /// A part that the newest state names is missing.
        var lacksParts = false
        var createdAt: Int64?
        var updatedAt: Int64?
        var name: String?
        /// The path of the `file://` address.
        var workspace: Path?
        var first: CursorMessage?
        var last: CursorMessage?
    }

    /// How far nodes are followed: deeper, and longer, they are no chat.
    private struct Walk {
        var deepest = 16
        var left = 100_000
        /// A part that a node names is missing.
        var lacksParts = false
    }

    private let database: SQLiteDatabase

    init(_ database: SQLiteDatabase) { self.database = database }

    func content() throws(SQLiteFailure) -> Content {
        var content = Content()
        guard try !isBeingMade() else { return content }
        let description = try self.description()
        content.createdAt = description?["createdAt"]?.integer
        content.name = description?["name"]?.text
        let hasBlobs = try !database.rows("SELECT 1 FROM blobs LIMIT 1") { _ in true }.isEmpty
        if description != nil && description?["latestRootBlobId"]?.text == nil {
            throw SQLiteFailure(code: SQLITE_CORRUPT, message: "its description names no state")
        }
        guard let root = description?["latestRootBlobId"]?.text, !root.isEmpty else {
            if hasBlobs {
                throw SQLiteFailure(
                    code: SQLITE_CORRUPT,
                    message: "it holds messages, and no state names them"
                )
            }
            try database.checkKeys([], of: "blobs", "id")
            return content
        }
        guard let bytes = try blob(root), let node = ProtobufFields(bytes) else {
            throw SQLiteFailure(code: SQLITE_CORRUPT, message: "its newest state is missing or damaged")
        }
        content.updatedAt = node.integer(26)
        content.workspace = node.strings(9).last.flatMap(Path.init(fileURL:))
        try fill(&content, node)
        return content
    }

    /// The agent ended between the first statements of a new database: it makes what is missing when it comes back.
    private func isBeingMade() throws(SQLiteFailure) -> Bool {
        let names = try database.rows("SELECT name FROM sqlite_master WHERE type = 'table'") {
            (row) throws(SQLiteFailure) in
            try row.bytes(0) ?? []
        }
        if names.isEmpty { return true }
        guard names == [Bytes("blobs".utf8)] else { return false }
        try database.checkKeys([], of: "blobs", "id")
        return try database.rows("SELECT 1 FROM blobs LIMIT 1") { _ in true }.isEmpty
    }

    /// Every message that the newest state names, oldest first, until the body returns false. Nil stands for what
    /// is not known.
    func messages(_ body: (CursorMessage?) -> Bool) throws(SQLiteFailure) {
        guard let root = try description()?["latestRootBlobId"]?.text, let bytes = try blob(root),
            let node = ProtobufFields(bytes)
        else { return }
        var walk = Walk()
        _ = try follow(node.strings(1), &walk, body)
    }

    private func fill(_ content: inout Content, _ node: ProtobufFields) throws(SQLiteFailure) {
        var hasTurn = false
        var query: CursorMessage?
        var user: CursorMessage?
        let children = node.strings(1)
        var last: CursorMessage?
        var walk = Walk()
        let ended = try follow(children, &walk) { message in
            // What is not known may be said by somebody.
            if message?.isTurn ?? true { hasTurn = true }
            last = message
            if let message, message.role == "user", user == nil { user = message }
            if let message, message.hasQuery { query = message }
            return query == nil
        }
        // Of the rest only the last is looked at: a long chat is not read to its end.
        if !ended, let child = children.last {
            _ = try follow([child], &walk) { message in
                last = message
                return true
            }
        }
        content.hasTurn = hasTurn
        content.lacksParts = walk.lacksParts
        content.first = query ?? user
        content.last = last
    }

    /// Whether the end was reached.
    private func follow(
        _ children: [Bytes],
        _ walk: inout Walk,
        _ body: (CursorMessage?) -> Bool
    ) throws(SQLiteFailure) -> Bool {
        for child in children {
            walk.left -= 1
            guard walk.left > 0 else { return false }
            guard let bytes = try blob(hexadecimal(child)) else {
                walk.lacksParts = true
                continue
            }
            if let message = CursorMessage(bytes) {
                if !body(message) { return false }
            } else if walk.deepest > 0, let node = ProtobufFields(bytes), !node.strings(1).isEmpty {
                walk.deepest -= 1
                guard try follow(node.strings(1), &walk, body) else { return false }
                walk.deepest += 1
            } else if !body(nil) {
                return false
            }
        }
        return true
    }

    /// The JSON under key 0, in some releases written as hexadecimal digits.
    private func description() throws(SQLiteFailure) -> JSONValue? {
        let values = try database.rows("SELECT value FROM meta WHERE key = '0'") {
            (row) throws(SQLiteFailure) in
            try row.bytes(0)
        }
        guard let value = values.first else {
            let keys = try database.rows("SELECT key, value FROM meta") { (row) throws(SQLiteFailure) in
                try row.bytes(0)
            }
            try database.checkKeys(keys, of: "meta", "key")
            return nil
        }
        let text = value.first == UInt8(ascii: "{") ? value : unhexadecimal(value)
        guard let text, let json = JSONValue(parsing: text), json.members != nil else {
            throw SQLiteFailure(code: SQLITE_CORRUPT, message: "its description is not valid JSON")
        }
        return json
    }

    private func blob(_ id: String) throws(SQLiteFailure) -> Bytes? {
        do throws(SQLiteFailure) {
            return try database.rows("SELECT data FROM blobs WHERE id = ?", [.text(id)]) {
                (row) throws(SQLiteFailure) in try row.bytes(0)
            }.first
        } catch  where error.primaryCode == SQLITE_TOOBIG {
            return []
        }
    }
}
