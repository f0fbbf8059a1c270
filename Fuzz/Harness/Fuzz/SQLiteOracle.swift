import CSQLite
import Glibc

@testable import AgentLaunchCore

/// SQLite's own word on how much of a log counts.
enum SQLiteOracle {
    /// Puts the log beside a database of the right page size and lets SQLite recover it.
    static func check(_ naive: NaiveLog, _ log: Bytes, in folder: Path) {
        let path = folder / "oracle.db"
        copy(template(naive.pageSize, in: folder), to: path)
        write(log, to: path + "-wal")
        defer { for suffix in ["-wal", "-shm"] { remove(path + suffix) } }
        guard let frames = recovered(path) else { return }
        require(
            frames == naive.committedFrames,
            "SQLite recovers \(frames) frames, not \(naive.committedFrames)"
        )
    }

    /// Nil where SQLite gives up: the pages that the log brings need not make a database.
    private static func recovered(_ path: Path) -> Int? {
        var handle: OpaquePointer?
        defer { sqlite3_close_v2(handle) }
        guard path.withCString({ sqlite3_open_v2($0, &handle, SQLITE_OPEN_READWRITE, nil) }) == SQLITE_OK,
            sqlite3_exec(handle, "PRAGMA locking_mode=EXCLUSIVE; SELECT 1 FROM sqlite_master", nil, nil, nil)
                == SQLITE_OK
        else { return nil }
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_prepare_v2(handle, "PRAGMA wal_checkpoint(PASSIVE)", -1, &statement, nil) == SQLITE_OK,
            sqlite3_step(statement) == SQLITE_ROW
        else { return nil }
        return max(0, Int(sqlite3_column_int64(statement, 1)))
    }

    /// A database with a table and an empty log, made once for each page size.
    private static func template(_ pageSize: Int, in folder: Path) -> Path {
        let path = folder / "template-\(pageSize).db"
        if (try? fileStatus(path)) != nil { return path }
        var handle: OpaquePointer?
        _ = path.withCString { sqlite3_open($0, &handle) }
        let made = sqlite3_exec(
            handle,
            "PRAGMA page_size=\(pageSize); PRAGMA journal_mode=WAL; CREATE TABLE t (a)",
            nil,
            nil,
            nil
        )
        sqlite3_close_v2(handle)
        require(made == SQLITE_OK, "SQLite makes no database")
        return path
    }

    private static func copy(_ source: Path, to target: Path) {
        write((try? contentsOfSmallFile(source)) ?? [], to: target)
    }

    private static func write(_ bytes: Bytes, to path: Path) { MemoryFile(at: path).write(bytes) }

    private static func remove(_ path: Path) { _ = path.withCString { unlink($0) } }
}
