import Glibc

/// Tells, while this job is in the background, when to look whether the shell has put it in the foreground.
///
/// No event says so: bash sends a job that runs no SIGCONT. But a shell reads the `fg` from the terminal and prints the
/// job's command line there, and inotify tells of both. For a moment after such an event this looks again and again.
struct ForegroundWatch {
    /// Nil in the foreground, and where the kernel has no watches left.
    private var inotify: Int32?
    private var isWatching = false
    private var lookUntil: Int64 = 0

    private static let lookAgain: Int64 = 100
    private static let moment: Int64 = 1000

    /// To be polled for.
    var descriptor: Int32 { inotify ?? -1 }

    /// In the foreground nothing is watched: nobody would read the events.
    mutating func update(isBackground: Bool, terminal: Int32, now: Int64) {
        guard isBackground != isWatching else { return }
        isWatching = isBackground
        if let inotify { close(inotify) }
        inotify = isBackground ? Self.watch(terminal) : nil
        // It may have been put in the foreground just before the watch began.
        lookUntil = now + Self.moment
    }

    /// Something has happened on the terminal.
    mutating func noticed(now: Int64) {
        guard let inotify else { return }
        var buffer = Bytes(repeating: 0, count: 4096)
        while buffer.withUnsafeMutableBytes({ read(inotify, $0.baseAddress!, $0.count) }) > 0 {}
        lookUntil = now + Self.moment
    }

    /// When to look next; nil: when something has happened.
    func deadline(now: Int64) -> Int64? {
        guard isWatching else { return nil }
        return inotify == nil || now < lookUntil ? now + Self.lookAgain : nil
    }

    private static func watch(_ terminal: Int32) -> Int32? {
        let inotify = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard inotify >= 0 else { return nil }
        if inotify_add_watch(inotify, "/proc/self/fd/\(terminal)", UInt32(IN_ACCESS | IN_MODIFY)) >= 0 {
            return inotify
        }
        close(inotify)
        return nil
    }
}
