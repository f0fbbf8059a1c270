import CPseudoTerminal
import Glibc

/// The time between a run that failed and the next one. The caller's terminal is its own again meanwhile: ^C ends
/// the launch, ^Z stops it. What the last run left behind is ended, because two agents must not write to one session.
struct RestartPause {
    let signals: LauncherSignals
    let observers: LaunchObservers

    /// A process in uninterruptible sleep outlives KILL; this is how often the others are killed.
    private static let mostKills = 50
    private static let betweenKills: Int64 = 20

    /// The signal that asked for the end of it all; nil when the time has passed.
    func wait(_ milliseconds: Int64) -> Int32? {
        Descendants.signalAll(SIGTERM)
        let asked = wait(until: monotonicMilliseconds() + milliseconds)
        // They had the whole pause to end.
        for _ in 0..<Self.mostKills where Descendants.killAll() > 0 {
            _ = poll(nil, 0, Int32(Self.betweenKills))
            reap()
        }
        reap()
        return asked
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
            if event.change == CHILD_STOPPED { kill(event.pid, SIGCONT) }
        }
    }
}
