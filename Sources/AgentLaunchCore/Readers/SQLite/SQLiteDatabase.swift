import CSQLite

/// What SQLite said about a call that failed.
struct SQLiteFailure: Error, Equatable, Sendable {
    /// The extended result code.
    var code: Int32
    var message: String

    /// What we find wrong with a database that SQLite reads.
    static func ours(_ message: String) -> SQLiteFailure { SQLiteFailure(code: -1, message: message) }

    var primaryCode: Int32 { code & 0xff }
    var isBusy: Bool {
        primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED || primaryCode == SQLITE_PROTOCOL
    }
}

/// A value for a `?` in a statement.
enum SQLiteValue: Equatable, Sendable {
    case integer(Int64)
    case text(Bytes)

    static func text(_ text: String) -> SQLiteValue { .text(Bytes(text.utf8)) }
}

/// A database opened for reading, in one read transaction from the first statement to `close`.
final class SQLiteDatabase {
    private var handle: OpaquePointer?

    /// Opens `path` through one of the read-only systems; a `copy` is opened for writing, so that it can recover.
    init(_ path: Path, _ system: SQLiteReadOnlySystem) throws(SQLiteFailure) {
        guard SQLiteReadOnlySystem.register() else {
            throw SQLiteFailure(code: SQLITE_CANTOPEN, message: "SQLite could not be set up")
        }
        let mode = system == .copy ? "rw" : "ro&readonly_shm=1"
        let access = system == .copy ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        let name = Path(bytes: Bytes("file://".utf8) + escaped(path) + Bytes("?mode=\(mode)".utf8))
        let code = name.withCString {
            sqlite3_open_v2(
                $0,
                &handle,
                access | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
                system.rawValue
            )
        }
        sqlite3_extended_result_codes(handle, 1)
        guard code == SQLITE_OK else {
            let failure = failure()
            close()
            throw failure
        }
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 32 << 20)
        do throws(SQLiteFailure) {
            // Exclusive locking keeps the log's index in memory instead of in a file.
            if system != .locking { try run("PRAGMA locking_mode=EXCLUSIVE") }
            // Without the check of sizes a damaged page is read beyond its end, and the answer differs by what
            // the memory there holds.
            let pragmas = [
                "cache_size=-1024", "mmap_size=0", "temp_store=MEMORY", "trusted_schema=OFF",
                "cell_size_check=ON",
            ]
            for pragma in pragmas { try run("PRAGMA \(pragma)") }
            try run("BEGIN")
        } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    func close() {
        if let handle { sqlite3_close_v2(handle) }
        handle = nil
    }

    /// Calls `row` for each row until it returns false.
    func forEach(
        _ statement: String,
        _ values: [SQLiteValue] = [],
        _ row: (SQLiteRow) throws(SQLiteFailure) -> Bool
    ) throws(SQLiteFailure) {
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(handle, statement, -1, &prepared, nil) == SQLITE_OK else { throw failure() }
        defer { sqlite3_finalize(prepared) }
        for (index, value) in values.enumerated() {
            guard bind(prepared, Int32(index + 1), value) == SQLITE_OK else { throw failure() }
        }
        while true {
            switch sqlite3_step(prepared) {
            case SQLITE_ROW: if try !row(SQLiteRow(statement: prepared)) { return }
            case SQLITE_DONE: return
            default: throw failure()
            }
        }
    }

    /// The values that `row` makes of the rows.
    func rows<Value>(
        _ statement: String,
        _ values: [SQLiteValue] = [],
        _ row: (SQLiteRow) throws(SQLiteFailure) -> Value?
    ) throws(SQLiteFailure) -> [Value] {
        var result: [Value] = []
        try forEach(statement, values) { (each) throws(SQLiteFailure) in
            if let value = try row(each) { result.append(value) }
            return true
        }
        return result
    }

    /// The columns of a table; empty if there is none of that name.
    func columns(of table: String) throws(SQLiteFailure) -> Set<String> {
        let quoted = table.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        return Set(
            try rows("PRAGMA table_info(\"\(quoted)\")") { (row) throws(SQLiteFailure) in try row.text(1) }
        )
    }

    /// The first of these tables or columns that is missing, as a clause; nil if all are there.
    func lack(of needed: KeyValuePairs<String, Set<String>>) throws(SQLiteFailure) -> String? {
        for (table, columns) in needed {
            let found = try self.columns(of: table)
            if found.isEmpty { return "it has no table \(table)" }
            if let missing = columns.subtracting(found).min() {
                return "its table \(table) has no column \(missing)"
            }
        }
        return nil
    }

    /// Throws if a table's rows are not those of its key's index: a damaged page loses rows without an error.
    func checkKeys(_ found: [Bytes], of table: String, _ key: String) throws(SQLiteFailure) {
        // In the order of the key, and with nothing but the key, it is the index that is read.
        let indexed = try rows("SELECT \(key) FROM \(table) ORDER BY \(key)") { (row) throws(SQLiteFailure) in
            try row.bytes(0) ?? []
        }
        guard indexed.count != found.count || Set(indexed) != Set(found) else { return }
        throw SQLiteFailure(code: SQLITE_CORRUPT, message: "the table \(table) and its index differ")
    }

    func hasTables() throws(SQLiteFailure) -> Bool {
        try !rows("SELECT 1 FROM sqlite_master WHERE type = 'table' LIMIT 1") { _ in true }.isEmpty
    }

    /// Ends every statement that runs once `expired` says so: a damaged tree can lead in circles.
    func stop(
        when expired: @escaping @convention(c) (UnsafeMutableRawPointer?) -> Int32,
        _ context: UnsafeMutableRawPointer
    ) {
        sqlite3_progress_handler(handle, 20_000, expired, context)
    }

    private func run(_ statement: String) throws(SQLiteFailure) {
        try forEach(statement) { _ in true }
    }

    private func failure() -> SQLiteFailure {
        SQLiteFailure(
            code: handle == nil ? SQLITE_NOMEM : sqlite3_extended_errcode(handle),
            message: sqlite3_errmsg(handle).map { String(cString: $0) } ?? "out of memory"
        )
    }
}

/// The row that a statement is at.
struct SQLiteRow {
    fileprivate let statement: OpaquePointer?

    func integer(_ column: Int32) -> Int64? {
        sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : sqlite3_column_int64(statement, column)
    }

    /// Whether the value is text as it is stored: what is asked for as text is converted otherwise.
    func isText(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_TEXT }

    /// Nil for NULL.
    func bytes(_ column: Int32) throws(SQLiteFailure) -> Bytes? {
        if sqlite3_column_type(statement, column) == SQLITE_NULL { return nil }
        guard let start = sqlite3_column_text(statement, column) else {
            throw SQLiteFailure(code: SQLITE_NOMEM, message: "out of memory")
        }
        return Bytes(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }

    /// Nil for NULL; what is not UTF-8 is replaced.
    func text(_ column: Int32) throws(SQLiteFailure) -> String? { try bytes(column)?.lossyText }
}

private func bind(_ statement: OpaquePointer?, _ index: Int32, _ value: SQLiteValue) -> Int32 {
    switch value {
    case .integer(let number): return sqlite3_bind_int64(statement, index, number)
    case .text(let bytes):
        // -1 is SQLITE_TRANSIENT, whose macro Swift cannot see: SQLite copies the bytes.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        // A pointer is needed even for no bytes: null would be NULL.
        return (bytes + [0]).withUnsafeBufferPointer {
            $0.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(statement, index, $0.baseAddress, Int32(bytes.count), transient)
            }
        }
    }
}

/// A path for a `file:` URI: whatever is not plainly safe becomes `%XX`.
private func escaped(_ path: Path) -> Bytes {
    let digits = Bytes("0123456789ABCDEF".utf8)
    return path.bytes.flatMap { byte -> Bytes in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."):
            return [byte]
        default: return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
}
