import Glibc

/// Tells whether a file was written or replaced.
struct FileStamp: Equatable, Sendable {
    var device: UInt
    var inode: UInt
    var size: Int
    var modified: Time
    var changed: Time

    /// Since 1970; a file may be of a year that no count of nanoseconds reaches.
    struct Time: Equatable, Sendable {
        var seconds: Int
        var nanoseconds: Int

        init(_ time: timespec) {
            seconds = time.tv_sec
            nanoseconds = time.tv_nsec
        }

        var milliseconds: Int64 { Int64(seconds) * 1000 + Int64(nanoseconds) / 1_000_000 }
    }

    init(_ status: stat) {
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        modified = Time(status.st_mtim)
        changed = Time(status.st_ctim)
    }
}
