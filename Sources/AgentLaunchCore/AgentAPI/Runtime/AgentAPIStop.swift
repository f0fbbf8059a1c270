/// The end of an agentapi that was asked for: one TERM, because a second signal would kill it before it has saved
/// its chat and stopped the agent; none if it is shutting down already.
struct AgentAPIStop {
    /// Whoever stops a whole service signals agentapi and this process at the same time: this long agentapi has to
    /// say that it was told by somebody else.
    private static let settle: Int64 = 200

    /// When TERM is due.
    private(set) var deadline: Int64?
    /// Somebody asked for the end.
    private(set) var isRequested = false

    /// A second request changes nothing.
    mutating func request(now: Int64) {
        guard !isRequested else { return }
        isRequested = true
        deadline = now + Self.settle
    }

    mutating func ended() { deadline = nil }

    /// True when it is time for TERM.
    mutating func isDue(now: Int64, isShuttingDown: Bool) -> Bool {
        guard let due = deadline, now >= due || isShuttingDown else { return false }
        deadline = nil
        return !isShuttingDown
    }
}
