import Glibc

/// The end of an agentapi that was asked for: one TERM, because a second signal would kill it before it has saved
/// its chat and stopped the agent; none if it is shutting down already; KILL for what is left at the deadline.
struct AgentAPIStop {
    enum Step: Equatable {
        case nothing
        case terminate
        case kill
    }

    /// Whoever stops a whole service signals agentapi and this process at the same time: this long agentapi has to
    /// say that it was told by somebody else.
    private static let settle: Int64 = 200

    private var sequence: StopSequence
    private var termDue: Int64?
    /// Somebody asked for the end.
    private(set) var isRequested = false

    init(timeout: Int) { sequence = StopSequence(timeout: timeout) }

    var isKilling: Bool { sequence.isKilling }
    var hasGivenUp: Bool { sequence.hasGivenUp }
    var deadline: Int64? { [termDue, sequence.deadline].compactMap(\.self).min() }

    /// A second request changes nothing.
    mutating func request(now: Int64) {
        guard !isRequested else { return }
        isRequested = true
        termDue = now + Self.settle
        sequence.passedOn(SIGTERM, now: now)
    }

    /// agentapi has ended, and what it left is given the same time.
    mutating func ended(now: Int64) {
        termDue = nil
        sequence.passedOn(SIGTERM, now: now)
    }

    mutating func step(now: Int64, isShuttingDown: Bool) -> Step {
        if sequence.isDue(now: now) { return .kill }
        guard let due = termDue, now >= due || isShuttingDown else { return .nothing }
        termDue = nil
        return isShuttingDown ? .nothing : .terminate
    }
}
