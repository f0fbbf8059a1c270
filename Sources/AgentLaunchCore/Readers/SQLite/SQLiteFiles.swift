import Glibc

/// A database with the files that SQLite keeps beside it, as they are at one moment.
struct SQLiteFiles: Equatable, Sendable {
    /// The database's path without symbolic links: SQLite puts the other files beside the file itself.
    var path: Path
    var database: FileStamp
    var log: FileStamp?
    var index: FileStamp?
    var journal: FileStamp?
    /// The first bytes of the database and of its log, because times are coarse.
    var databaseHead: Bytes
    var logHead: Bytes

    var logPath: Path { path + "-wal" }
    var indexPath: Path { path + "-shm" }
    var journalPath: Path { path + "-journal" }

    /// Nil if there is no database and nothing left of one.
    static func look(at path: Path) throws(StoreFailure) -> SQLiteFiles? {
        guard let resolved = try resolve(path) else { return nil }
        guard let database = try mark(resolved) else { return nil }
        return SQLiteFiles(
            path: resolved,
            database: database,
            log: try mark(resolved + "-wal"),
            index: try mark(resolved + "-shm"),
            journal: try mark(resolved + "-journal"),
            databaseHead: try head(resolved, SQLiteDatabaseHeader.size),
            logHead: try head(resolved + "-wal", SQLiteLogHeader.size)
        )
    }

    /// Whether something was written so lately that a further write could leave the same time.
    var isFresh: Bool { wasWritten(withinMilliseconds: 20) }

    func wasWritten(withinMilliseconds span: Int64) -> Bool {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return [database, log, journal].contains {
            guard let mark = $0 else { return false }
            let written = max(mark.modified.milliseconds, mark.changed.milliseconds)
            return abs(now.milliseconds - written) < span
        }
    }

    private static func resolve(_ path: Path) throws(StoreFailure) -> Path? {
        do throws(Errno) { return try path.withoutLinks() } catch {
            guard error.code == ENOENT else { throw StoreFailure(path, error) }
        }
        if let link = brokenLink(to: path) { throw .leadsNowhere(link) }
        if let log = try mark(path + "-wal"), log.size > 0 {
            throw .damaged(
                path,
                "the database is missing, but its write-ahead log exists",
                nextStep: "restore the database beside \(path + "-wal"), or move that file away"
            )
        }
        return nil
    }

    private static func mark(_ path: Path) throws(StoreFailure) -> FileStamp? {
        guard let status = try reading(path, try fileStatus(path)) else { return nil }
        guard status.isRegularFile else {
            throw StoreFailure(
                path: path,
                kind: .unreadable,
                why: status.isDirectory ? "it is a directory" : "it is not a regular file",
                nextStep: "move it away, or restore the database"
            )
        }
        return FileStamp(status)
    }

    private static func head(_ path: Path, _ count: Int) throws(StoreFailure) -> Bytes {
        do {
            return try ReadOnlyFile(path).read(count, at: 0)
        } catch  where error.code == ENOENT {
            return []
        } catch {
            throw StoreFailure(path, error)
        }
    }
}
