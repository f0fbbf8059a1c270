import Glibc

/// Tells whether a file was written or replaced.
struct FileStamp: Equatable, Sendable {
    var device: UInt
    var inode: UInt
    var size: Int
    /// In nanoseconds since 1970.
    var modified: Int64
    var changed: Int64

    init(_ status: stat) {
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        modified = status.st_mtim.nanoseconds
        changed = status.st_ctim.nanoseconds
    }
}
