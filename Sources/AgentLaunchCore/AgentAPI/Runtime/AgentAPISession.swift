import CPseudoTerminal
import Glibc

/// One run of agentapi, as its parent: drains its terminal whatever happens, passes on requests to stop, reaps, and
/// ends what agentapi left behind. The caller's terminal is neither read nor changed.
final class AgentAPISession {
    private let process: PseudoterminalChild
    private let signals: LauncherSignals
    private let observers: LaunchObservers
    private let note: (String) -> Void
    private var drain: Drain
    private var stop: AgentAPIStop
    private var end: ChildEnd?
    private var wasKilled = false
    private var survivors = 0
    private var isAnnounced = false
    private var reopenDue: Int64?
    /// Since when the caller has taken nothing of the last output.
    private var stalledSince: Int64?

    /// Nothing tells that a process has opened the pseudoterminal again.
    private static let lookAgain: Int64 = 100
    /// A reader that takes nothing for this long after agentapi's end is not waited for.
    private static let readerGrace: Int64 = 1000

    init(
        process: PseudoterminalChild,
        signals: LauncherSignals,
        stop: AgentAPIStop,
        observers: LaunchObservers,
        log: RotatingLog?,
        tail: OutputTail?,
        note: @escaping (String) -> Void
    ) {
        self.process = process
        self.signals = signals
        self.stop = stop
        self.observers = observers
        self.note = note
        drain = Drain(master: process.master, output: STDOUT_FILENO, log: log, tail: tail)
    }

    func run() -> LaunchEnd {
        observers.started(pid: process.pid)
        while true {
            var entries = [
                pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: drain.isClosed ? -1 : process.master, events: Int16(POLLIN), revents: 0),
                pollfd(
                    fd: drain.hasForCaller ? drain.outputDescriptor : -1,
                    events: Int16(POLLOUT),
                    revents: 0
                ),
            ]
            let ready = observers.poll(&entries, milliseconds: timeout(now: monotonicMilliseconds()))
            takeSignals()
            // Reaped before its last output is read: then all of it is there.
            reap()
            moveBytes()
            let now = monotonicMilliseconds()
            act(stop.step(now: now, isShuttingDown: drain.saidShutdown))
            if let due = reopenDue, now >= due {
                reopenDue = nil
                drain.reopen()
            }
            if drain.isClosed, end == nil, reopenDue == nil { reopenDue = now + Self.lookAgain }
            announce()
            observers.wake(ready, now: now)
            if let end, isDone(now: now) {
                drain.close()
                close(process.master)
                noteDropped()
                // A status of its own tells that agentapi did not end by itself.
                return LaunchEnd(
                    child: wasKilled ? .exited(1) : end,
                    wasAskedFor: stop.isRequested || drain.saidShutdown
                )
            }
        }
    }

    private func timeout(now: Int64) -> Int32 {
        let reader = stalledSince.map { $0 + Self.readerGrace }
        let times = [stop.deadline, reopenDue, reader, observers.deadline]
        guard let next = times.compactMap(\.self).min() else { return -1 }
        return Int32(max(0, min(next - now, 3_600_000)))
    }

    // MARK: - Bytes

    private func moveBytes() {
        drain.read()
        let (moved, failure) = drain.write()
        if let failure { note(discardedOutput("\(failure)")) }
        if moved { stalledSince = nil }
        if end != nil, drain.hasForCaller, stalledSince == nil { stalledSince = monotonicMilliseconds() }
    }

    private func isDone(now: Int64) -> Bool {
        guard survivors == 0 || stop.hasGivenUp else { return false }
        guard drain.hasForCaller, let since = stalledSince else { return true }
        return now >= since + Self.readerGrace
    }

    private func noteDropped() {
        guard drain.dropped > 0 else { return }
        note("standard output was not read in time: \(drain.dropped) bytes of agentapi's output are lost")
    }

    // MARK: - Signals

    private func takeSignals() {
        while true {
            switch signals.next() {
            case 0: return
            case SIGTERM, SIGINT, SIGHUP, SIGQUIT:
                // One that is stopped could not do what it does at its end.
                Descendants.continueStopped()
                stop.request(now: monotonicMilliseconds())
            case SIGCONT: Descendants.continueStopped()
            case SIGUSR1: if end == nil { kill(process.pid, SIGUSR1) }
            // As for any job: agentapi has a session of its own and goes on.
            case SIGTSTP: signals_stop_group()
            default: break
            }
        }
    }

    private func act(_ step: AgentAPIStop.Step) {
        switch step {
        case .nothing: break
        case .terminate: if end == nil { kill(process.pid, SIGTERM) }
        case .kill:
            if end == nil {
                wasKilled = true
                kill(process.pid, SIGKILL)
            }
            survivors = Descendants.killAll()
        }
    }

    /// Once, when the end begins: by our stop, or by somebody else's signal.
    private func announce() {
        guard !isAnnounced, stop.isRequested || drain.saidShutdown else { return }
        isAnnounced = true
        observers.stopping()
    }

    // MARK: - Processes

    private func reap() {
        while true {
            let event = processes_next_event()
            if event.change == CHILD_NONE { break }
            guard event.pid == process.pid else { continue }
            switch event.change {
            // There is no shell above it that could continue it.
            case CHILD_STOPPED: kill(process.pid, SIGCONT)
            case CHILD_EXITED: ended(.exited(event.value))
            default: ended(.signalled(event.value))
            }
        }
        // What agentapi left behind became a child of this process; its end comes as SIGCHLD.
        if end != nil, !stop.isKilling { survivors = Descendants.count() }
    }

    private func ended(_ end: ChildEnd) {
        self.end = end
        observers.ended()
        stop.ended(now: monotonicMilliseconds())
        // The hang-up has told what had the agent's terminal; what left its session is told now.
        Descendants.signalAll(SIGTERM)
    }
}
