import Glibc

/// From the first TERM or HUP to KILL. A second one changes nothing about the time.
struct StopSequence {
    /// Milliseconds.
    let timeout: Int64
    /// Monotonic milliseconds at which everything left is killed.
    private(set) var deadline: Int64?
    /// When INT or QUIT was passed on last: an agent may end of it, or only its turn.
    private var interruptedAt: Int64?
    /// A TERM or HUP was passed on.
    private(set) var isTold = false
    private var passes = 0
    /// A process in uninterruptible sleep can outlive KILL; this is when it is no longer waited for.
    private static let mostPasses = 250
    private static let pause: Int64 = 20

    init(timeout: Int) { self.timeout = max(0, min(Int64(timeout), Run.longestStopTimeout)) }

    /// Called for every signal that was passed on.
    mutating func passedOn(_ signal: Int32, now: Int64) {
        if signal == SIGINT || signal == SIGQUIT { interruptedAt = now }
        guard signal == SIGTERM || signal == SIGHUP, !isTold else { return }
        isTold = true
        deadline = now + timeout
    }

    /// True when it is time to kill what is there, the first time and again shortly after each time.
    mutating func isDue(now: Int64) -> Bool {
        guard let due = deadline, now >= due, passes < Self.mostPasses else { return false }
        passes += 1
        deadline = passes < Self.mostPasses ? now + Self.pause : nil
        return true
    }

    /// Whether somebody asked for the end that came now.
    func wasAsked(now: Int64) -> Bool {
        isTold || interruptedAt.map { now - $0 <= max(timeout, 1000) } == true
    }

    /// A second after the first KILL: what is still waited for is a reader that does not read.
    var isOverdue: Bool { passes >= 50 }
    var hasGivenUp: Bool { passes >= Self.mostPasses }
}
