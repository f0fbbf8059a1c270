/// Codex's index of threads, `state_<n>.sqlite`. It is a cache, deleted and filled again without loss: it is asked
/// only about packed rollouts, whose text we cannot read.
struct CodexStateDatabase {
    struct Thread: Equatable {
        var directory: String?
        var firstMessage: String?
        var updatedAt: Timestamp?
        var isArchived = false
        var isSubAgent = false
    }

    let path: Path

    /// The one of the newest layout; nil if there is none.
    init?(in folder: Path) {
        let names = ((try? namesInDirectory(folder)) ?? []).compactMap { name in
            name.text?.part(after: "state_", before: ".sqlite").flatMap { Int($0) }.map { ($0, name) }
        }
        guard let newest = names.max(by: { $0.0 < $1.0 }) else { return nil }
        path = folder / newest.1
    }

    /// What the index tells of these threads.
    func threads(_ ids: [String]) throws(StoreFailure) -> [String: Thread] {
        let answer = try SQLiteReader(path).read { (database) throws(SQLiteFailure) in
            let columns = try database.columns(of: "threads")
            guard columns.contains("id"), columns.contains("cwd") else { return [String: Thread]() }
            let wanted = ["cwd", "archived", "source", "thread_source", "first_user_message", "updated_at"]
            let list = wanted.map { columns.contains($0) ? $0 : "NULL" }.joined(separator: ", ")
            var found: [String: Thread] = [:]
            for id in ids {
                let statement = "SELECT \(list) FROM threads WHERE id = ?"
                try database.forEach(statement, [.text(id)]) { (row) throws(SQLiteFailure) in
                    found[id] = try Self.thread(row)
                    return false
                }
            }
            return found
        }
        return answer.value ?? [:]
    }

    private static func thread(_ row: SQLiteRow) throws(SQLiteFailure) -> Thread {
        let message = try row.text(4)
        let source = try row.text(2)
        let kind = try row.text(3)
        return Thread(
            directory: try row.text(0),
            firstMessage: message?.isEmpty == false ? message : nil,
            updatedAt: row.integer(5).map { Timestamp(milliseconds: $0 < 100_000_000_000 ? $0 * 1000 : $0) },
            isArchived: (row.integer(1) ?? 0) != 0,
            // The source of a sub-agent is an object, of all others a word.
            isSubAgent: source?.hasPrefix("{") == true || kind == "subagent"
        )
    }
}
