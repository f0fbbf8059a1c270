import CPseudoTerminal
import Glibc

/// Goes on with a log as it grows, over rotations and truncations, until its launcher has ended or nobody reads.
struct LogFollower {
    private let files: LogFiles
    private var part: LogPart
    private var offset: Int
    private let launcher: ProcessIdentity?
    private let inotify: Inotify?

    /// A change that no notice comes of (another machine's, on a shared file system) is found this often.
    private static let lookAgain: Int32 = 1_000

    init(_ files: LogFiles, _ part: LogPart, from offset: Int, _ conversation: KnownConversation) {
        self.files = files
        self.part = part
        self.offset = offset
        launcher = conversation.launcher?.process
        inotify = Inotify()
        inotify?.watch([files.path.parent])
    }

    mutating func run(_ take: (Bytes) -> Bool) {
        var process: Int32 = -1
        if let launcher {
            process = process_open(launcher.pid)
            if !launcher.isAlive, process >= 0 {
                close(process)
                process = -1
            }
        }
        defer { if process >= 0 { close(process) } }
        while true {
            // Looked at first: what is read afterwards is then all there is.
            let hasEnded = launcher?.isAlive != true
            guard catchUp(take), !hasEnded else { return }
            var entries = [
                pollfd(fd: inotify?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: process, events: Int16(POLLIN), revents: 0),
                // Without asking for anything: an error there means that nobody reads any more.
                pollfd(fd: STDOUT_FILENO, events: 0, revents: 0),
            ]
            if poll(&entries, 3, Self.lookAgain) < 0, errno != EINTR { return }
            if entries[2].revents & Int16(POLLERR | POLLNVAL) != 0 { return }
            _ = inotify?.drain()
        }
    }

    /// Passes on all there is; false if nobody takes it.
    private mutating func catchUp(_ take: (Bytes) -> Bool) -> Bool {
        while true {
            // Named before the last look into it, so that what was added before it was renamed is not missed.
            let current = LogPart.identity(of: files.path)
            if part.size < offset { offset = 0 }
            guard passOn(take) else { return false }
            guard let current, current != part.identity else { return true }
            let parts = files.open()
            let index = parts.firstIndex { $0.identity == part.identity }.map { $0 + 1 } ?? 0
            guard index < parts.count else { return true }
            part = parts[index]
            offset = 0
        }
    }

    private mutating func passOn(_ take: (Bytes) -> Bool) -> Bool {
        while true {
            let bytes = part.read(64 << 10, at: offset)
            if bytes.isEmpty { return true }
            offset += bytes.count
            if !take(bytes) { return false }
        }
    }
}
