import CPseudoTerminal
import Glibc

/// A run of agentapi: drains its terminal whatever happens, and passes on requests to stop. The caller's terminal is
/// neither read nor changed.
final class AgentAPISession: ChildSession {
    private let child: SupervisedChild
    private let observers: LaunchObservers
    private let note: (String) -> Void
    private var drain: Drain
    private var stop = AgentAPIStop()
    private var isAnnounced = false
    /// Of the last output, after agentapi's end.
    private var reader = StalledReader()

    init(_ launch: AgentAPILaunch, _ child: SupervisedChild, _ observers: LaunchObservers) {
        self.child = child
        self.observers = observers
        note = launch.note
        drain = Drain(
            master: child.master,
            output: STDOUT_FILENO,
            watchers: [launch.log, launch.tail]
        )
    }

    func interests(now: Int64) -> [pollfd] {
        [
            pollfd(drain.output.isClosed ? nil : child.master, for: POLLIN),
            pollfd(drain.output.isEmpty ? nil : drain.output.descriptor, for: POLLOUT),
        ]
    }

    func deadline(now: Int64) -> Int64? {
        [stop.deadline, drain.output.reopenDeadline, reader.deadline].compactMap(\.self).min()
    }

    func moveBytes(_ ready: [pollfd]) {
        drain.read()
        if let failure = drain.output.write() { note(discardedOutput("\(failure)")) }
    }

    func beforeObservers(now: Int64) {
        if stop.isDue(now: now, isShuttingDown: drain.saidShutdown) { child.send(SIGTERM) }
        if child.end == nil { drain.output.reopenIfDue(now: now) }
        let isStuck = child.end != nil && !drain.output.isEmpty
        reader.look(isStuck: isStuck, taken: drain.output.passedOn, now: now)
        announce()
    }

    /// Once, when the end begins: by our stop, or by somebody else's signal.
    private func announce() {
        guard !isAnnounced, wasAskedFor else { return }
        isAnnounced = true
        observers.stopping()
    }

    private var wasAskedFor: Bool { stop.isRequested || drain.saidShutdown }

    func take(_ signal: Int32) {
        switch signal {
        case SIGTERM, SIGINT, SIGHUP, SIGQUIT:
            // One that is stopped could not do what it does at its end.
            Descendants.continueStopped()
            let now = monotonicMilliseconds()
            stop.request(now: now)
            child.stop.passedOn(SIGTERM, now: now)
        case SIGCONT: Descendants.continueStopped()
        case SIGUSR1: child.send(SIGUSR1)
        // As for any job: agentapi has a session of its own and goes on.
        case SIGTSTP: signals_stop_group()
        default: break
        }
    }

    /// There is no shell above it that could continue it.
    func childStopped() { child.send(SIGCONT) }

    func childEnded(_ end: ChildEnd) {
        stop.ended()
        // Nobody can open it again.
        drain.output.reopen()
    }

    var isFinished: Bool { drain.output.isEmpty || reader.isGivenUp }

    func finish(_ end: ChildEnd) -> LaunchEnd {
        drain.output.close()
        if drain.dropped > 0 {
            note("standard output was not read in time: \(drain.dropped) bytes of agentapi's output are lost")
        }
        // A status of its own tells that agentapi did not end by itself.
        return LaunchEnd(child: child.wasKilled ? .exited(1) : end, wasAskedFor: wasAskedFor)
    }
}
