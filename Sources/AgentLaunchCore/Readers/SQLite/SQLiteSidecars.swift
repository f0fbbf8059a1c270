/// What a database's header, write-ahead log and other files tell about how much of it can be relied on.
struct SQLiteSidecars: Equatable, Sendable {
    enum Log: Equatable, Sendable {
        case missing, empty
        case broken(SQLiteLogDamage)
        case read(SQLiteLog)
    }

    var files: SQLiteFiles
    var header: SQLiteDatabaseHeader?
    var log: Log
    /// Nil if there is no `-shm`, or one that SQLite would rebuild.
    var index: SQLiteSharedIndex?
    /// A living connection uses the `-shm`: without one it is left from a process that ended.
    var isInUse = false
    /// A living connection wrote into the log while we read it, so that what we saw was never there at one moment.
    /// That connection has checked the log and would have thrown away a broken one.
    var isMoving = false

    init(_ files: SQLiteFiles) throws(StoreFailure) {
        self.files = files
        header = SQLiteDatabaseHeader(files.databaseHead)
        log = .missing
        do {
            if files.index != nil {
                let file = try ReadOnlyFile(files.indexPath)
                index = SQLiteSharedIndex(try file.read(SQLiteSharedIndex.size, at: 0))
                isInUse = SQLiteLocks.isInUse(index: file)
            }
        } catch {
            // Only evidence is lost: SQLite has its say about a `-shm` that cannot be opened.
            index = nil
        }
        guard let mark = files.log else { return }
        log = .empty
        guard mark.size > 0 else { return }
        do {
            switch try SQLiteLog.read(ReadOnlyFile(files.logPath)) {
            case .success(let content): log = .read(content)
            case .failure(let damage): log = .broken(damage)
            }
        } catch {
            throw StoreFailure(files.logPath, error)
        }
        if isInUse {
            let now = try SQLiteFiles.look(at: files.path)
            isMoving = files.isFresh || now?.log != mark
        }
    }

    /// Changes are, or were, written to a log.
    var usesLog: Bool { header?.usesLog == true || (files.log?.size ?? 0) > 0 }

    /// Why nothing that SQLite says about this database counts.
    var failure: StoreFailure? {
        if files.index != nil && files.log == nil {
            return damaged(
                files.logPath,
                "the write-ahead log is missing, but \(files.indexPath) exists",
                "restore it"
            )
        }
        if files.database.size == 0 && (files.log?.size ?? 0) > 0 {
            return damaged(files.path, "it is empty, but its write-ahead log is not", "restore it")
        }
        return nil
    }

    /// Why the database may have held more than SQLite shows: with it, "not there" is not certain.
    var doubt: StoreFailure? {
        if isMoving { return nil }
        let next = "restore the database with its -wal file"
        switch log {
        case .missing, .empty: return nil
        case .broken(let damage): return damaged(files.logPath, damage.rawValue, next)
        case .read(let log):
            if log.firstFrameIsForeign {
                return damaged(files.logPath, "its frames have other salts than its header", next)
            }
            if log.lostCommits > 0 {
                return damaged(
                    files.logPath,
                    "transactions in it cannot be reached, because a frame is damaged",
                    next
                )
            }
            if let index, index.frames > 0, index.salts != log.header.salts {
                return damaged(files.logPath, "its salts differ from those in \(files.indexPath)", next)
            }
            guard let header else { return nil }
            if !header.usesLog {
                return damaged(files.logPath, "the database does not use a write-ahead log", next)
            }
            if header.pageSize != log.header.pageSize {
                return damaged(files.logPath, "its page size is not the database's", next)
            }
            if let counter = log.changeCounter, counter < header.changeCounter {
                return damaged(files.logPath, "it is older than the database", next)
            }
            return nil
        }
    }

    /// Frames that hold committed changes which a copy of the database alone would lack.
    var framesNotInDatabase: Int {
        guard case .read(let log) = log else { return 0 }
        guard let index, index.salts == log.header.salts else { return log.committedFrames }
        return max(0, log.committedFrames - index.backfilled)
    }

    /// Says what was seen.
    func report(to findings: inout Findings) {
        switch log {
        case .missing:
            if header?.usesLog == true {
                findings.saw(files.logPath, .absent, "no write-ahead log: everything is in the database")
            }
        case .empty: findings.saw(files.logPath, .ok, "an empty write-ahead log")
        case .broken(let damage): findings.saw(files.logPath, .damaged, damage.rawValue)
        case .read(let log):
            let tail = log.otherBytes > 0 ? "; its last \(log.otherBytes) bytes are ignored" : ""
            findings.saw(
                files.logPath,
                .ok,
                "\(log.committedFrames) committed frames, \(framesNotInDatabase) of them not in the database\(tail)"
            )
            if let doubt { findings.saw(files.logPath, .damaged, doubt.why) }
        }
        if let journal = files.journal, journal.size > 0 {
            findings.saw(files.journalPath, .ok, "a rollback journal of \(journal.size) bytes")
        }
        let others = [(files.log, files.logPath), (files.index, files.indexPath)]
        for (mark, path) in others where mark.map({ $0.device != files.database.device }) == true {
            findings.warn("sidecar-elsewhere", "\(path) is on another file system than its database")
        }
    }

    private func damaged(_ path: Path, _ why: String, _ nextStep: String) -> StoreFailure {
        .damaged(path, why, nextStep: nextStep)
    }
}
