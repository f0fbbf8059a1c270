import CPseudoTerminal
import Glibc

/// The time between a run that failed and the next one. The caller's terminal is its own again meanwhile: ^C ends
/// the launch, ^Z stops it. Two agents must not write to one session, so nothing that could be one outlives the pause.
struct RestartPause {
    let signals: LauncherSignals
    let observers: LaunchObservers
    /// Whether what left the agent's session may be the agent: agentapi and wrappers have it as their child. Of an
    /// agent that was our own child and has ended by itself only daemons are left; somebody else may be using one.
    let endsEverything: Bool
    let stopTimeoutMilliseconds: Int

    /// A process in uninterruptible sleep outlives KILL; this is how often the others are killed.
    private static let mostKills = 50
    private static let lookAgain: Int64 = 20

    /// The signal that asked for the end of it all; nil when the time has passed.
    func wait(_ milliseconds: Int64) -> Int32? {
        if endsEverything { Descendants.signalAll(SIGTERM) }
        let asked = wait(until: monotonicMilliseconds() + milliseconds)
        if endsEverything {
            // They had the whole pause to end.
            kill()
        } else if asked != nil {
            endDaemons()
        }
        reap()
        return asked
    }

    /// With a stop that was asked for everything ends; another request cuts their time short.
    private func endDaemons() {
        Descendants.signalAll(SIGTERM)
        Descendants.continueStopped()
        let due = monotonicMilliseconds() + Int64(stopTimeoutMilliseconds)
        while Descendants.count() > 0, pending() == nil, monotonicMilliseconds() < due { pauseAndReap() }
        kill()
    }

    private func kill() {
        for _ in 0..<Self.mostKills where Descendants.killAll() > 0 { pauseAndReap() }
    }

    private func pauseAndReap() {
        _ = poll(nil, 0, Int32(Self.lookAgain))
        reap()
    }

    /// A request that has come while something else was done.
    func pending() -> Int32? {
        while true {
            switch signals.next() {
            case 0: return nil
            case let number where LaunchEnd.requests.contains(number): return number
            // As for any job.
            case SIGTSTP: signals_stop_group()
            // USR1 and USR2 are for an agent, and there is none.
            default: break
            }
        }
    }

    private func wait(until due: Int64) -> Int32? {
        while true {
            if let asked = pending() { return asked }
            reap()
            let now = monotonicMilliseconds()
            guard now < due else { return nil }
            let next = min(due, observers.deadline ?? due)
            var entries = [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
            let ready = observers.poll(&entries, milliseconds: Int32(max(0, next - now)))
            observers.wake(ready, now: monotonicMilliseconds())
        }
    }

    private func reap() {
        while true {
            let event = processes_next_event()
            if event.change == CHILD_NONE { return }
            // One that is stopped would not see its TERM.
            if event.change == CHILD_STOPPED { Glibc.kill(event.pid, SIGCONT) }
        }
    }
}
