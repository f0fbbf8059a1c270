@testable import AgentLaunchCore

/// What one input stands for: a byte that says which parts there are, the first 100 bytes of a database, the first 136
/// of its `-shm`, and the write-ahead log, which is the rest.
struct StoreInput {
    var head: Bytes?
    var index: Bytes?
    var log: Bytes

    init(_ bytes: Bytes) {
        var rest = bytes.dropFirst()
        let flags = bytes.first ?? 0
        func take(_ count: Int) -> Bytes {
            defer { rest = rest.dropFirst(count) }
            return Bytes(rest.prefix(count))
        }
        if flags & 1 != 0 { head = take(SQLiteDatabaseHeader.size) }
        if flags & 2 != 0 { index = take(SQLiteSharedIndex.size) }
        log = Bytes(rest)
    }

    var bytes: Bytes {
        [(head == nil ? 0 : 1) | (index == nil ? 0 : 2)] + (head ?? []) + (index ?? []) + log
    }
}
