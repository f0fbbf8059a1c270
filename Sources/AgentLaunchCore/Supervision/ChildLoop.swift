import Glibc

/// What is particular to a kind of run: where the bytes go, and what a signal to this process means.
protocol ChildSession: AnyObject {
    /// Polled for; asked for anew before every wait.
    func interests(now: Int64) -> [pollfd]
    /// When something is due, in monotonic milliseconds.
    func deadline(now: Int64) -> Int64?
    func take(_ signal: Int32)
    func childStopped()
    /// It has been reaped: what it has written is all in the kernel now.
    func childEnded(_ end: ChildEnd)
    /// As far as they go without waiting; `ready` is what poll said of the interests.
    func moveBytes(_ ready: [pollfd])
    /// Does what is due; the observers are woken between the two.
    func beforeObservers(now: Int64)
    func afterObservers(now: Int64)
    /// All that is to be passed on has been. Asked once the child has ended.
    var isFinished: Bool { get }
    /// Puts everything back, and says how the run has ended.
    func finish(_ end: ChildEnd) -> LaunchEnd
}

extension ChildSession {
    func afterObservers(now: Int64) {}
}

/// The loop of every run, in the one thread that there is: waits, takes signals, reaps, has the session move bytes,
/// kills what was told to end and does not, and wakes the observers.
struct ChildLoop {
    let child: SupervisedChild
    let session: any ChildSession
    let signals: LauncherSignals
    let observers: LaunchObservers

    /// Returns when the child and what it left behind have ended, and its output is out.
    func run() -> LaunchEnd {
        observers.started(pid: child.pid)
        while true {
            let (ready, woken) = wait()
            takeSignals()
            // Reaped before its last output is read: then all of it is there.
            reap()
            session.moveBytes(ready)
            let now = monotonicMilliseconds()
            session.beforeObservers(now: now)
            if child.stop.isDue(now: now) { child.killEverything() }
            observers.wake(woken, now: now)
            session.afterObservers(now: now)
            guard let end = child.end, session.isFinished else { continue }
            if child.survivors == 0 || child.stop.hasGivenUp {
                defer { close(child.master) }
                return session.finish(end)
            }
        }
    }

    private func wait() -> (session: [pollfd], observers: [Bool]) {
        let now = monotonicMilliseconds()
        var entries = [pollfd(signals.descriptor, for: POLLIN)] + session.interests(now: now)
        let times = [child.stop.deadline, session.deadline(now: now), observers.deadline]
        let next = times.compactMap(\.self).min()
        let milliseconds = next.map { Int32(max(0, min($0 - now, 3_600_000))) } ?? -1
        let woken = observers.poll(&entries, milliseconds: milliseconds)
        return (Array(entries.dropFirst()), woken)
    }

    private func takeSignals() {
        while true {
            let signal = signals.next()
            if signal == 0 { return }
            if signal != SIGCHLD { session.take(signal) }
        }
    }

    private func reap() {
        while let change = child.nextChange() {
            switch change {
            case .stopped: session.childStopped()
            case .ended(let end):
                let now = monotonicMilliseconds()
                observers.ended()
                session.childEnded(end)
                child.endSurvivors(now: now)
            }
        }
        child.countSurvivors()
    }
}

extension pollfd {
    /// Of no descriptor, or for nothing: left out by poll.
    init(_ descriptor: Int32?, for events: Int32) {
        self.init(fd: events == 0 ? -1 : descriptor ?? -1, events: Int16(events), revents: 0)
    }
}
