import Glibc

/// A log that is kept for its owner alone: what the child prints as it is, and lines of our own. It is added to, and
/// when it has grown to its limit it becomes FILE.1, the one before FILE.2, and so on; the oldest goes.
///
/// A disk that is full costs the log what does not fit, and nobody else anything.
final class RotatingLog {
    static let limit = 10 << 20
    /// FILE.1 to FILE.3.
    static let kept = 3

    let path: Path
    private let limit: Int
    private let note: (String) -> Void
    private var descriptor: Int32
    private var size: Int
    private var endsLine: Bool
    private var lost = 0
    private var failureIsNoted = false
    private var holdsStandardError = false

    init(
        _ path: Path,
        limit: Int = RotatingLog.limit,
        note: @escaping (String) -> Void = { _ in }
    )
        throws(LaunchError)
    {
        self.path = path
        self.note = note
        // Past this limit the kernel sends a deadly signal.
        var most = rlimit()
        let isLimited = getrlimit(__rlimit_resource_t(1), &most) == 0 && most.rlim_cur < rlim_t(limit)
        self.limit = isLimited ? max(1, Int(most.rlim_cur)) : limit
        do throws(Errno) {
            try makeDirectories(path.parent, mode: 0o700)
        } catch {
            throw Self.refusal(path.parent, "cannot create it: \(error)")
        }
        descriptor = try Self.open(path)
        size = Int(lseek(descriptor, 0, SEEK_END))
        var last: UInt8 = 0
        endsLine =
            size == 0 || pread(descriptor, &last, 1, off_t(size - 1)) == 1 && last == UInt8(ascii: "\n")
    }

    deinit { close(descriptor) }

    /// What the child printed.
    func write(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        if size > 0, size + bytes.count > limit { rotate() }
        if lost > 0 {
            let line = Bytes("agentlaunch: \(lost) bytes of output were lost here\n".utf8)
            guard line.withUnsafeBytes({ append($0) }) == line.count else {
                lost += bytes.count
                return
            }
            lost = 0
        }
        lost += bytes.count - append(bytes)
        endsLine = bytes.last == UInt8(ascii: "\n")
    }

    /// One line of our own.
    func line(_ text: String) {
        let bytes = Bytes(((endsLine ? "" : "\n") + "agentlaunch: \(oneLine(text))\n").utf8)
        bytes.withUnsafeBytes { write($0) }
    }

    /// From now on our own lines, and what the runtime says of a crash, go here.
    func takeStandardError() {
        holdsStandardError = true
        dup2(descriptor, STDERR_FILENO)
    }

    /// Returns how much was written; never waits.
    private func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if count > 0 {
                done += count
            } else if count == 0 || errno != EINTR {
                noteOnce("\(path): \(Errno.last); the agent continues, and what does not fit is lost")
                break
            }
        }
        // Appended to by standard error too, so not added up here.
        size = Int(lseek(descriptor, 0, SEEK_CUR))
        return done
    }

    private func rotate() {
        var current = stat()
        var own = stat()
        let isThere = path.withCString { lstat($0, &current) } == 0
        // Another program may have moved or removed it: then there is nothing to move.
        if isThere, fstat(descriptor, &own) == 0, current.st_ino == own.st_ino, current.st_dev == own.st_dev {
            for number in stride(from: Self.kept - 1, through: 0, by: -1) {
                let from = number == 0 ? path : path + ".\(number)"
                _ = from.withCString { from in (path + ".\(number + 1)").withCString { rename(from, $0) } }
            }
        }
        do throws(LaunchError) {
            let new = try Self.open(path)
            close(descriptor)
            descriptor = new
            size = Int(lseek(descriptor, 0, SEEK_END))
            if holdsStandardError { dup2(descriptor, STDERR_FILENO) }
        } catch {
            noteOnce("\(error.what): \(error.why); still writing to the old one")
        }
    }

    private func noteOnce(_ text: String) {
        guard !failureIsNoted else { return }
        failureIsNoted = true
        note(text)
    }

    private static func open(_ path: Path) throws(LaunchError) -> Int32 {
        let flags = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let descriptor: Int32
        do throws(Errno) {
            descriptor = try path.withCString { (name) throws(Errno) in
                try retrying { Glibc.open(name, flags, 0o600) }
            }
        } catch {
            throw refusal(path, error.code == ELOOP ? "it is a symbolic link" : "\(error)")
        }
        var status = stat()
        var why: String?
        if fstat(descriptor, &status) != 0 || !status.isRegularFile {
            why = "it is not a regular file"
        } else if status.st_uid != geteuid() {
            why = "it belongs to another user"
        } else if status.st_mode & 0o7777 != 0o600, fchmod(descriptor, 0o600) != 0 {
            why = "others can read it, and cannot change that: \(Errno.last)"
        }
        guard let why else { return descriptor }
        close(descriptor)
        throw refusal(path, why)
    }

    private static func refusal(_ path: Path, _ why: String) -> LaunchError {
        LaunchError(.cannotCreate, "\(path)", why, "use another --log-file")
    }
}
