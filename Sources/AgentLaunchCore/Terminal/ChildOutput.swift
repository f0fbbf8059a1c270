import CPseudoTerminal
import Glibc

/// What a child prints on its pseudoterminal, on its way through a queue to the caller.
struct ChildOutput {
    let master: Int32
    let watchers: [any TerminalWatcher]
    private let sink: OutputSink
    private var queue: ByteQueue
    private var hasFailed = false
    /// The other side, kept open here once no process has it open any more: whoever opens it again is noticed then by
    /// what it writes, and nobody has to look from time to time.
    private var held: Int32 = -1
    private var reopenDue: Int64?

    /// Bytes that the caller has taken.
    private(set) var passedOn = 0
    /// The caller has not taken all that it was last offered.
    private(set) var isBlocked = false
    /// No process has the pseudoterminal open, and nothing will tell when one opens it again (`/dev/tty`).
    private(set) var isClosed = false

    /// No more of what a child has written before its end can still be there.
    static let mostHeldByKernel = 262_144
    /// While it is closed it is looked at this often.
    private static let lookAgain: Int64 = 100

    init(master: Int32, to descriptor: Int32, capacity: Int, watchers: [(any TerminalWatcher)?]) {
        self.master = master
        self.watchers = watchers.compactMap(\.self)
        sink = OutputSink(descriptor)
        queue = ByteQueue(capacity: capacity)
    }

    var isEmpty: Bool { queue.isEmpty }
    var room: Int { queue.room }
    var descriptor: Int32 { sink.descriptor }

    /// Reads a piece, shows it to all who watch, and queues it; its length, or 0 if there is nothing to read now. A
    /// child that `lives` may open its terminal again. Not to be called without room.
    mutating func read(
        atMost limit: Int = .max,
        lives: Bool = true,
        look: (UnsafeRawBufferPointer) -> Void
    ) -> Int {
        while true {
            let count = queue.append { space in
                let count = Glibc.read(master, space.baseAddress, min(space.count, limit))
                if count > 0 {
                    let piece = UnsafeRawBufferPointer(rebasing: space[..<count])
                    for watcher in watchers { watcher.sawOutput(piece) }
                    look(piece)
                }
                return count
            }
            if count > 0 {
                if hasFailed { queue.removeAll() }
                return count
            }
            if count == -1, errno == EINTR { continue }
            // EIO: nobody has it open.
            if count == 0 || errno != EAGAIN {
                if lives, held < 0 {
                    held = pty_hold_open(master)
                    if held >= 0 { continue }
                }
                isClosed = true
            }
            return 0
        }
    }

    /// Passes on what is queued; the error if the caller's side takes no more, then or ever.
    mutating func write() -> Errno? {
        isBlocked = false
        while !queue.isEmpty {
            var outcome = OutputSink.Outcome.wouldBlock
            _ = queue.remove { bytes in
                outcome = sink.write(bytes)
                if case .wrote(let count) = outcome { return count }
                return 0
            }
            switch outcome {
            case .wrote(let count) where count > 0: passedOn += count
            case .wrote, .wouldBlock:
                isBlocked = true
                return nil
            case .failed(let error):
                queue.removeAll()
                // From now on what is read is dropped, so this is said once.
                hasFailed = true
                return error
            }
        }
        return nil
    }

    /// Queues what is not the child's: all or nothing.
    mutating func append(_ bytes: Bytes) -> Bool { queue.append(bytes) }

    /// Drops the oldest that is queued; how many bytes those were.
    mutating func drop(atMost limit: Int) -> Int { queue.remove { min($0.count, limit) } }
    mutating func dropAll() { queue.removeAll() }

    // MARK: Whether somebody has it open

    /// When to look again; nil while it is open.
    var reopenDeadline: Int64? { isClosed ? reopenDue : nil }

    mutating func reopen() {
        isClosed = false
        reopenDue = nil
    }

    mutating func reopenIfDue(now: Int64) {
        guard isClosed else { return }
        if let due = reopenDue, now >= due { reopen() } else { reopenDue = reopenDue ?? now + Self.lookAgain }
    }

    /// Closes what was opened here; the caller's own descriptor stays.
    mutating func close() {
        if held >= 0 { Glibc.close(held) }
        held = -1
        if descriptor != STDOUT_FILENO { Glibc.close(descriptor) }
    }
}
