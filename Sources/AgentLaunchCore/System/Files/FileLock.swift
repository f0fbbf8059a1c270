import Glibc

/// An exclusive lock on a file, held until the process ends or the value goes. The file stays and holds the
/// holder's pid: who waits for the lock must find the same file.
struct FileLock: ~Copyable {
    enum Attempt: ~Copyable {
        case held(FileLock)
        /// By the process that wrote its pid there, if it did.
        case taken(pid: Int32?)
    }

    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    static func take(_ path: Path) throws(Errno) -> Attempt {
        let descriptor = try path.withCString { (name) throws(Errno) in
            try retrying { open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
        }
        let lock = FileLock(descriptor)
        do {
            _ = try retrying { flock(descriptor, LOCK_EX | LOCK_NB) }
        } catch  where error.code == EWOULDBLOCK {
            return .taken(pid: pid(descriptor))
        }
        let text = Bytes("\(getpid())\n".utf8)
        // A pid that cannot be written costs the next one a number in its message, not the lock.
        if ftruncate(descriptor, 0) == 0 {
            _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress!, $0.count, 0) }
        }
        return .held(lock)
    }

    /// The process that holds it now; a file that is not there is held by nobody.
    static func holder(_ path: Path) -> Int32? { LockHolder(path).holder() }

    /// The pid that was written to a lock by whoever took it last.
    static func writtenPID(_ path: Path) -> Int32? {
        guard let bytes = try? ReadOnlyFile(path).read(16, at: 0) else { return nil }
        return Int32(bytes.prefix { 0x30...0x39 ~= $0 }.lossyText)
    }

    private static func pid(_ descriptor: Int32) -> Int32? {
        var buffer = Bytes(repeating: 0, count: 16)
        let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress!, $0.count, 0) }
        return Int32(buffer.prefix(max(0, count)).prefix { 0x30...0x39 ~= $0 }.lossyText)
    }
}
