import CSQLite
import Glibc

/// Reads another program's SQLite database without leaving a trace, or says why that is not certain.
struct SQLiteReader: Sendable {
    enum Answer<Value> {
        /// There is no database.
        case absent
        /// The database is a file of 0 bytes: SQLite has not written to it yet.
        case empty
        /// What was read, and what the files beside the database tell about it.
        case read(Value, SQLiteSidecars)

        var value: Value? { if case .read(let value, _) = self { value } else { nil } }
    }

    let path: Path
    /// How long a busy database is waited for.
    var patience: Int64
    /// Where a private copy may be made, the first that can be written.
    var temporaryFolders: [Path] = ["/tmp", "/var/tmp", "/dev/shm"]

    /// Microseconds between two looks that have to differ for a doubt to go away.
    private static let longPause: UInt32 = 15_000
    /// What a process may need between the first page of a database and its tables while it holds no lock.
    private static let makingMilliseconds: Int64 = 200

    init(_ path: Path, patience: Int64 = 10_000) {
        self.path = path
        self.patience = patience
    }

    /// The body's result. The body is run again whenever the database changed under it or was busy, so it must
    /// have no effects but its result. All its statements see one state of the database.
    func read<Value>(
        _ body: (SQLiteDatabase) throws(SQLiteFailure) -> Value
    ) throws(StoreFailure) -> Answer<Value> {
        let end = monotonicMilliseconds() + patience
        var previous: StoreFailure?
        var failuresInPlace = 0
        var shortPause: UInt32 = 1_000
        while true {
            var pause = Self.longPause
            let isLast = monotonicMilliseconds() >= end
            switch try attempt(failuresInPlace: failuresInPlace, body) {
            case .answer(.read(_, let sidecars))
            where sidecars.doubt != nil && sidecars.doubt != previous && !isLast:
                // Another process may just be at it: a doubt counts if it is still there on the next look.
                previous = sidecars.doubt
            case .answer(let answer): return answer
            case .failure(let failure):
                if failure == previous || isLast { throw failure }
                previous = failure
            case .busy:
                if isLast {
                    throw StoreFailure(
                        path: path,
                        kind: .busy,
                        why: "another process has it locked",
                        nextStep: "stop the program that has it open, or try again"
                    )
                }
                // A writer holds it for a moment only, and may be back soon: the sooner the better the chance.
                pause = shortPause
                shortPause = min(2 * shortPause, Self.longPause)
            case .failedInPlace: failuresInPlace += 1
            }
            usleep(pause)
        }
    }

    private enum Outcome<Value> {
        case answer(Answer<Value>)
        case failure(StoreFailure)
        /// Locked, or changed while it was read.
        case busy
        /// SQLite cannot read it where it is.
        case failedInPlace
    }

    private func attempt<Value>(
        failuresInPlace: Int,
        _ body: (SQLiteDatabase) throws(SQLiteFailure) -> Value
    ) throws(StoreFailure) -> Outcome<Value> {
        let sidecars: SQLiteSidecars
        do throws(StoreFailure) {
            guard let files = try SQLiteFiles.look(at: path) else { return .answer(.absent) }
            sidecars = try SQLiteSidecars(files)
        } catch {
            return .failure(error)
        }
        if let failure = sidecars.failure { return .failure(failure) }
        if sidecars.files.database.size == 0 { return .answer(.empty) }
        if failuresInPlace >= 3 { return readCopy(sidecars, body) }
        // Beside a `-shm` that nobody uses SQLite trusts its old header, and where that does not fit the log it
        // tries again for many seconds; without the `-shm` it reads the log itself.
        if sidecars.isInUse || !sidecars.usesLog {
            return read(sidecars.files.path, by: .locking, sidecars, body)
        }
        return readUnlocked(sidecars, body)
    }

    /// Without a lock: right only if nobody has the database open, before and after. A lock without a `-shm` in use
    /// is an exclusive writer's.
    private func readUnlocked<Value>(
        _ sidecars: SQLiteSidecars,
        _ body: (SQLiteDatabase) throws(SQLiteFailure) -> Value
    ) -> Outcome<Value> {
        let files = sidecars.files
        if files.isFresh || isLocked(files.path) { return .busy }
        let outcome = read(files.path, by: .lockless, sidecars, body)
        if isLocked(files.path) || (try? SQLiteFiles.look(at: path)) != files { return .busy }
        return outcome
    }

    private func readCopy<Value>(
        _ sidecars: SQLiteSidecars,
        _ body: (SQLiteDatabase) throws(SQLiteFailure) -> Value
    ) -> Outcome<Value> {
        do throws(SQLitePrivateCopy.Failure) {
            let copy = try SQLitePrivateCopy.make(of: sidecars.files, in: temporaryFolders)
            let outcome = read(copy.database, by: .copy, sidecars, body)
            guard case .failedInPlace = outcome else { return outcome }
            return .failure(
                damage(SQLiteFailure(code: SQLITE_CANTOPEN, message: "a copy cannot be opened either"))
            )
        } catch {
            switch error {
            case .busy: return .busy
            case .failure(let failure): return .failure(failure)
            }
        }
    }

    private func read<Value>(
        _ file: Path,
        by system: SQLiteReadOnlySystem,
        _ sidecars: SQLiteSidecars,
        _ body: (SQLiteDatabase) throws(SQLiteFailure) -> Value
    ) -> Outcome<Value> {
        do throws(SQLiteFailure) {
            let database = try SQLiteDatabase(file, system)
            defer { database.close() }
            var limit = monotonicMilliseconds() + 30_000
            return try withUnsafeMutablePointer(to: &limit) { (limit) throws(SQLiteFailure) in
                database.stop(when: isExpired, limit)
                if try !database.hasTables() && sidecars.header?.usesLog != false {
                    return isBeingMade(sidecars) ? .busy : .failure(emptied(sidecars))
                }
                return .answer(.read(try body(database), sidecars))
            }
        } catch {
            if error.isBusy { return .busy }
            switch error.primaryCode {
            case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: return .failedInPlace
            default: return .failure(damage(error))
            }
        }
    }

    /// A new database is set to its log first, and gets its tables after that. Its locks are not asked: we may hold
    /// one ourselves here, and a look at them would drop it.
    private func isBeingMade(_ sidecars: SQLiteSidecars) -> Bool {
        sidecars.isInUse || sidecars.files.wasWritten(withinMilliseconds: Self.makingMilliseconds)
    }

    private func emptied(_ sidecars: SQLiteSidecars) -> StoreFailure {
        guard sidecars.header != nil else {
            return .damaged(
                path,
                "it is not a SQLite database: its header is damaged or cut off",
                nextStep: "restore it, or move the database away"
            )
        }
        return .damaged(
            path,
            "it uses a write-ahead log, but has no table: the log with its content is missing",
            nextStep: "restore the -wal file, or move the database away"
        )
    }

    private func damage(_ failure: SQLiteFailure) -> StoreFailure {
        let isOurs = failure == .ours(failure.message)
        let isDamage =
            isOurs
            || [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR, SQLITE_INTERRUPT].contains(
                failure.primaryCode
            )
        return StoreFailure(
            path: path,
            kind: isDamage ? .damaged : .unreadable,
            why: isOurs ? failure.message : "SQLite says: \(failure.message) (\(failure.code))",
            nextStep: "restore it from a backup, or move it away"
        )
    }
}

private func isLocked(_ path: Path) -> Bool {
    guard let file = try? ReadOnlyFile(path) else { return false }
    return SQLiteLocks.areHeld(file)
}

private func isExpired(_ limit: UnsafeMutableRawPointer?) -> Int32 {
    guard let limit else { return 0 }
    return monotonicMilliseconds() > limit.load(as: Int64.self) ? 1 : 0
}
