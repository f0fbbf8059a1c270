import CSQLite
import Glibc

/// SQLite's own access to files, with everything taken away that could create, write or delete one.
///
/// `mode=ro` alone is not enough: SQLite would still make an empty `-wal` where it finds none, and delete a log
/// beside an empty database. Between our look and its opening a file may also have gone.
enum SQLiteReadOnlySystem: String {
    /// Takes the locks that every reader takes.
    case locking = "agentlaunch-locking"
    /// Takes none: for a database that nobody else has open.
    case lockless = "agentlaunch-lockless"
    /// For a private copy, which SQLite may repair.
    case copy = "agentlaunch-copy"

    /// Makes the three known to SQLite, once.
    static func register() -> Bool { isRegistered }
}

private let isRegistered: Bool = {
    guard sqlite3_initialize() == SQLITE_OK, keepOwnersAndModes() else { return false }
    return add(.locking, like: "unix", open: openReadOnly, delete: refuseToDelete)
        && add(.lockless, like: "unix-none", open: openReadOnly, delete: refuseToDelete)
        && add(.copy, like: "unix-none", open: openCopy, delete: deleteJournal)
}()

/// As root SQLite gives every log and journal that it opens the database's owner, and an empty one its mode.
private func keepOwnersAndModes() -> Bool {
    guard let system = sqlite3_vfs_find("unix"), let set = system.pointee.xSetSystemCall else { return false }
    let changeOwner: @convention(c) (Int32, uid_t, gid_t) -> Int32 = { _, _, _ in 0 }
    let changeMode: @convention(c) (Int32, mode_t) -> Int32 = { _, _ in 0 }
    return set(system, "fchown", unsafeBitCast(changeOwner, to: sqlite3_syscall_ptr.self)) == SQLITE_OK
        && set(system, "fchmod", unsafeBitCast(changeMode, to: sqlite3_syscall_ptr.self)) == SQLITE_OK
}

private typealias OpenFunction =
    @convention(c) (
        UnsafeMutablePointer<sqlite3_vfs>?, sqlite3_filename?, UnsafeMutablePointer<sqlite3_file>?, Int32,
        UnsafeMutablePointer<Int32>?
    ) -> Int32
private typealias DeleteFunction =
    @convention(c) (
        UnsafeMutablePointer<sqlite3_vfs>?, UnsafePointer<CChar>?, Int32
    ) -> Int32

private func add(
    _ system: SQLiteReadOnlySystem,
    like model: String,
    open: OpenFunction,
    delete: DeleteFunction
) -> Bool {
    guard let original = sqlite3_vfs_find(model), let name = strdup(system.rawValue) else { return false }
    // SQLite keeps the pointer for the life of the process.
    let own = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    own.initialize(to: original.pointee)
    own.pointee.pNext = nil
    own.pointee.zName = UnsafePointer(name)
    own.pointee.xOpen = open
    own.pointee.xDelete = delete
    return sqlite3_vfs_register(own, 0) == SQLITE_OK
}

private let openReadOnly: OpenFunction = { system, name, file, flags, outFlags in
    guard name != nil, flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL) != 0 else {
        file?.pointee.pMethods = nil
        return SQLITE_CANTOPEN
    }
    let writing =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE | SQLITE_OPEN_DELETEONCLOSE
    return openAsUnix(
        system,
        name: name,
        file: file,
        flags: flags & ~writing | SQLITE_OPEN_READONLY,
        outFlags: outFlags
    )
}

private let openCopy: OpenFunction = { system, name, file, flags, outFlags in
    openAsUnix(system, name: name, file: file, flags: flags, outFlags: outFlags)
}

// All of SQLite's systems for Unix open files with the same function; what differs hangs on the structure.
private func openAsUnix(
    _ system: UnsafeMutablePointer<sqlite3_vfs>?,
    name: sqlite3_filename?,
    file: UnsafeMutablePointer<sqlite3_file>?,
    flags: Int32,
    outFlags: UnsafeMutablePointer<Int32>?
) -> Int32 {
    guard let original = sqlite3_vfs_find("unix"), let open = original.pointee.xOpen else {
        return SQLITE_CANTOPEN
    }
    return open(system, name, file, flags, outFlags)
}

private let refuseToDelete: DeleteFunction = { _, _, _ in SQLITE_READONLY }

/// A journal may name a further file, which stands beside the original and is not ours to delete.
private let deleteJournal: DeleteFunction = { _, name, _ in
    guard let name else { return SQLITE_OK }
    let path = UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) }
    if ["-journal", "-wal"].contains(where: { path.suffix($0.utf8.count).elementsEqual($0.utf8) }) {
        unlink(name)
    }
    return SQLITE_OK
}
