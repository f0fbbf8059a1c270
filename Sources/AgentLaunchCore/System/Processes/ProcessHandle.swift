import CPseudoTerminal
import Glibc

/// One process for as long as this value lives: its number may be given to another one, this may not.
struct ProcessHandle: ~Copyable {
    let pid: Int32
    /// Readable when the process has ended.
    let descriptor: Int32

    /// Fails if there is no such process (ESRCH), or if the system has no such handles.
    init(_ pid: Int32) throws(Errno) {
        self.pid = pid
        descriptor = try retrying { process_open(pid) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { close(descriptor) }

    /// A process that has ended already is no error.
    func send(_ signal: Int32) throws(Errno) {
        do throws(Errno) { _ = try retrying { process_signal(descriptor, signal) } } catch {
            if error.code != ESRCH { throw error }
        }
    }

    /// Whether it has ended, at once or within a time; nil: however long it takes.
    func hasEnded(within milliseconds: Int32? = 0) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let deadline = milliseconds.map { monotonicMilliseconds() + Int64($0) }
        while true {
            let left = deadline.map { Int32(max(0, $0 - monotonicMilliseconds())) } ?? -1
            let count = poll(&entry, 1, left)
            if count > 0 { return true }
            if count == 0 || errno != EINTR { return false }
        }
    }
}
