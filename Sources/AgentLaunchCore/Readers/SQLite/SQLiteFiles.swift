import Glibc

/// A database with the files that SQLite keeps beside it, as they are at one moment.
struct SQLiteFiles: Equatable, Sendable {
    /// What tells that a file was written or replaced.
    struct Mark: Equatable, Sendable {
        var device: UInt
        var inode: UInt
        var size: Int
        var modified: Int64
        var changed: Int64

        init(_ status: stat) {
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            size = Int(status.st_size)
            modified = nanoseconds(status.st_mtim)
            changed = nanoseconds(status.st_ctim)
        }
    }

    /// The database's path without symbolic links: SQLite puts the other files beside the file itself.
    var path: Path
    var database: Mark
    var log: Mark?
    var index: Mark?
    var journal: Mark?
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
            return abs(nanoseconds(now) - max(mark.modified, mark.changed)) < span * 1_000_000
        }
    }

    private static func resolve(_ path: Path) throws(StoreFailure) -> Path? {
        let found = path.withCString { realpath($0, nil) }
        if let found {
            defer { free(found) }
            return Path(
                bytes: UnsafeBufferPointer(start: found, count: strlen(found)).map { UInt8(bitPattern: $0) }
            )
        }
        let error = Errno.last
        guard error.code == ENOENT else { throw .unreadable(path, error) }
        if let link = brokenLink(to: path) { throw .leadsNowhere(link) }
        if let log = try mark(path + "-wal"), log.size > 0 {
            throw StoreFailure(
                path: path,
                kind: .damaged,
                why: "the database is gone, but its write-ahead log is still there",
                nextStep: "restore the database beside \(path + "-wal"), or move that file away"
            )
        }
        return nil
    }

    private static func mark(_ path: Path) throws(StoreFailure) -> Mark? {
        let status: stat?
        do { status = try fileStatus(path) } catch { throw .unreadable(path, error) }
        guard let status else { return nil }
        guard status.isRegularFile else {
            throw StoreFailure(
                path: path,
                kind: .unreadable,
                why: status.isDirectory ? "it is a directory" : "it is no regular file",
                nextStep: "move it away, or restore the database"
            )
        }
        return Mark(status)
    }

    private static func head(_ path: Path, _ count: Int) throws(StoreFailure) -> Bytes {
        do {
            return try ReadOnlyFile(path).read(count, at: 0)
        } catch  where error.code == ENOENT {
            return []
        } catch {
            throw .unreadable(path, error)
        }
    }
}

extension StoreFailure {
    static func unreadable(_ path: Path, _ error: Errno) -> StoreFailure {
        let isPermission = error.code == EACCES || error.code == EPERM
        return StoreFailure(
            path: path,
            kind: .unreadable,
            why: "it cannot be read (\(error))",
            nextStep: isPermission ? "let this user read it" : "make it readable, or restore it"
        )
    }
}

private func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
