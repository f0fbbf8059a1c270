import Glibc

// fcntl.h's F_OFD_GETLK and F_OFD_SETLK, which Swift's view of glibc leaves out; the same on every Linux.
private let getOpenFileLock: Int32 = 36
private let setOpenFileLock: Int32 = 37

/// The locks that SQLite's connections take on a database's bytes from 1 GiB on.
enum SQLiteLocks {
    private static let pending: off_t = 0x4000_0000
    private static let reserved: off_t = pending + 1
    private static let shared: off_t = pending + 2

    /// Whether another connection holds any lock; false where the file system knows no locks, for then the
    /// comparison of headers, sizes and times has to do.
    static func areHeld(_ file: borrowing ReadOnlyFile) -> Bool { isHeld(file, from: pending, count: 513) }

    /// Whether a living connection uses the `-shm` file: it keeps a lock on it from opening to closing.
    static func isInUse(index file: borrowing ReadOnlyFile) -> Bool { isHeld(file, from: 128, count: 1) }

    /// Whether a connection is about to write.
    static func isReserved(_ file: borrowing ReadOnlyFile) -> Bool { isHeld(file, from: reserved, count: 1) }

    /// Keeps others from writing into the database until `file` is closed; false if one is doing so.
    ///
    /// The lock belongs to the open file and not to the process, so that closing another descriptor keeps it.
    static func share(_ file: borrowing ReadOnlyFile) -> Bool {
        guard set(file, F_RDLCK, from: pending, count: 1) else { return false }
        defer { _ = set(file, F_UNLCK, from: pending, count: 1) }
        return set(file, F_RDLCK, from: shared, count: 510)
    }

    private static func isHeld(_ file: borrowing ReadOnlyFile, from start: off_t, count: off_t) -> Bool {
        var lock = request(F_WRLCK, start, count)
        guard fcntl(file.descriptor, getOpenFileLock, &lock) == 0 else { return false }
        return lock.l_type != Int16(F_UNLCK)
    }

    private static func set(
        _ file: borrowing ReadOnlyFile,
        _ type: Int32,
        from start: off_t,
        count: off_t
    ) -> Bool {
        var lock = request(type, start, count)
        guard fcntl(file.descriptor, setOpenFileLock, &lock) != 0 else { return true }
        // Without locks in the file system nobody can be kept out, and nobody could be waited for.
        return errno != EAGAIN && errno != EACCES
    }

    private static func request(_ type: Int32, _ start: off_t, _ count: off_t) -> flock {
        var lock = flock()
        lock.l_type = Int16(type)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = start
        lock.l_len = count
        return lock
    }
}
