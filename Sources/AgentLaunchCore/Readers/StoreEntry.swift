import Glibc

/// What stands at a path of an agent's store.
enum StoreEntry: Equatable {
    case absent
    case directory
    /// A regular file, with what tells whether it has changed.
    case file(FileStamp)
    /// A socket, a device: nothing that an agent wrote.
    case other

    /// Follows links. Nothing is absent unless it provably is: a link that leads nowhere may be a volume that is
    /// not mounted.
    static func at(_ path: Path) throws(StoreFailure) -> StoreEntry {
        do throws(Errno) {
            if let status = try fileStatus(path) {
                if status.isDirectory { return .directory }
                return status.isRegularFile ? .file(FileStamp(status)) : .other
            }
        } catch {
            throw StoreFailure(path, error)
        }
        if let link = brokenLink(to: path) { throw .leadsNowhere(link) }
        return .absent
    }

    /// The names in a directory, none if it is absent.
    static func names(in path: Path) throws(StoreFailure) -> [Bytes] {
        switch try at(path) {
        case .absent: return []
        case .directory: break
        case .file, .other:
            throw StoreFailure(
                path: path,
                kind: .damaged,
                why: "it is not a directory",
                nextStep: "move it away, or name another store"
            )
        }
        do throws(Errno) { return try namesInDirectory(path) } catch { throw StoreFailure(path, error) }
    }
}

/// Tells whether a file is still the one that was read.
struct FileStamp: Equatable {
    var device: UInt64
    var inode: UInt64
    var size: Int
    var seconds: Int
    var nanoseconds: Int

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}

extension StoreFailure {
    static func leadsNowhere(_ link: Path) -> StoreFailure {
        StoreFailure(
            path: link,
            kind: .unreadable,
            why: "it is a symbolic link that leads nowhere",
            nextStep: "mount what it points to, or remove the link"
        )
    }

    init(_ path: Path, _ error: Errno) {
        self.init(
            path: path,
            kind: error.code == EBUSY ? .busy : .unreadable,
            why: "it cannot be read (\(error))",
            nextStep: "make it readable for this user, or pass --fresh"
        )
    }
}
