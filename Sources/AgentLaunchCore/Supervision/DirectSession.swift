import CPseudoTerminal
import Glibc

/// One run of an agent: a single thread in a single poll loop moves bytes, passes on signals, reaps,
/// and keeps the caller's terminal in order.
final class DirectSession {
    private var process: PseudoterminalChild
    private let signals: LauncherSignals
    private let observers: LaunchObservers
    private let prompt: TypedPrompt?
    private let note: (String) -> Void
    private var relay: Relay
    /// nil without a terminal.
    private var terminal: CallerTerminal?
    private var stop: StopSequence
    private var end: ChildEnd?
    private var isStopped = false
    /// TSTP asks for a stop also where an agent's own stop would be undone.
    private var stopWasRequested = false
    private var hangupDue: Int64?
    private var reopenDue: Int64?
    private var left = SurvivingDescendants()
    private var isImpatient = false
    private var reader = StalledReader()
    private var wasAskedFor = false

    /// Where nothing tells that a process has opened the pseudoterminal again, it is looked at this often.
    private static let lookAgain: Int64 = 100
    /// A hang-up of the terminal comes with SIGHUP as a rule; this long it is waited for.
    private static let hangupGrace: Int64 = 200

    init(
        process: PseudoterminalChild,
        signals: LauncherSignals,
        relay: Relay,
        terminal: CallerTerminal?,
        stop: StopSequence,
        observers: LaunchObservers,
        prompt: TypedPrompt?,
        note: @escaping (String) -> Void
    ) {
        self.process = process
        self.signals = signals
        self.relay = relay
        self.terminal = terminal
        self.stop = stop
        self.observers = observers
        self.prompt = prompt
        self.note = note
    }

    func run() -> LaunchEnd {
        terminal?.enter()
        faultPoint("terminal.raw")
        observers.started(pid: process.pid)
        while true {
            wait()
            takeSignals()
            reap()
            moveBytes()
            if relay.passedOn > 0 { faultPoint("output.moved") }
            takeTimers(now: monotonicMilliseconds())
            guard let end, relay.isFinished else { continue }
            terminal?.leave()
            if left.isGone || stop.hasGivenUp {
                terminal?.watch(isBackground: false, now: 0)
                relay.close()
                close(process.master)
                return LaunchEnd(child: end, wasAskedFor: wasAskedFor)
            }
        }
    }

    // MARK: - Waiting

    private var ready: (input: Int16, observers: LaunchObservers.Ready) = (0, .init())

    private func wait() {
        var entries = [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
        func add(_ descriptor: Int32, _ events: Int32) {
            entries.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
        }
        let isListening = relay.wantsInput && terminal?.isRaw == true
        add(isListening ? relay.input ?? -1 : -1, POLLIN)
        let masterEvents = (relay.wantsAgent ? POLLIN : 0) | (relay.hasForAgent ? POLLOUT : 0)
        add(masterEvents == 0 || relay.isClosed ? -1 : process.master, masterEvents)
        add(relay.hasForCaller ? relay.outputDescriptor : -1, POLLOUT)
        let isBackground = terminal?.isRaw == false && relay.input != nil
        terminal?.watch(isBackground: isBackground, now: monotonicMilliseconds())
        add(terminal?.events ?? -1, POLLIN)
        let woken = observers.poll(&entries, milliseconds: timeout(now: monotonicMilliseconds()))
        if entries[4].revents != 0 { terminal?.noticed(now: monotonicMilliseconds()) }
        ready = (entries[1].revents, woken)
    }

    private func timeout(now: Int64) -> Int32 {
        // A finished drain is not announced by poll: what is there is read at once.
        let drain = end != nil && relay.wantsAgent ? now : nil
        let times = [
            stop.deadline, hangupDue, reopenDue, terminal?.deadline(now: now), drain, reader.deadline,
            left.noteDue,
            relay.typingDeadline(now: now), observers.deadline,
        ]
        guard let next = times.compactMap({ $0 }).min() else { return -1 }
        return Int32(max(0, min(next - now, 3_600_000)))
    }

    private func takeTimers(now: Int64) {
        if let due = hangupDue, now >= due {
            hangupDue = nil
            passOn(SIGHUP)
        }
        if let due = reopenDue, now >= due {
            reopenDue = nil
            relay.reopen()
        }
        if relay.isClosed, end == nil, reopenDue == nil { reopenDue = now + Self.lookAgain }
        if stop.isDue(now: now) { killEverything() }
        giveUpOnReader(now: now)
        if let count = left.toNote(now: now) {
            note("the agent has exited; waiting for what it left behind (\(count))")
        }
        if terminal?.isRaw == false, relay.input != nil, !isStopped, end == nil { attach() }
        observers.wake(ready.observers, now: now)
        let mayGoOn = prompt?.type(
            into: &relay,
            now: now,
            isStopping: stop.deadline != nil,
            onTerminal: terminal != nil
        )
        if mayGoOn == false { passOn(SIGTERM) }
    }

    // MARK: - Bytes

    private func moveBytes() {
        if ready.input != 0, !relay.readInput() { inputEnded() }
        relay.writeAgent()
        relay.readAgent()
        if let error = relay.writeCaller(), terminal == nil { note(discardedOutput("\(error)")) }
        // What was passed on has made room; without this the last bytes would wait for another event.
        relay.readAgent()
        if relay.isStuck, isImpatient || stop.isOverdue { relay.abandon() }
    }

    /// What was asked to end does not wait for somebody who does not read.
    private func giveUpOnReader(now: Int64) {
        let isStuck = relay.isStuck && stop.isTold
        guard reader.isTooLong(isStuck: isStuck, taken: relay.passedOn, now: now) else { return }
        relay.abandon()
        if terminal == nil { note("standard output was not read in time: the rest of the output is lost") }
    }

    private func inputEnded() {
        // In the background a read fails where SIGTTIN is ignored; the terminal is still there.
        guard terminal?.isForeground == true || ready.input & Int16(POLLHUP) != 0 else {
            terminal?.forget()
            return
        }
        relay.closeInput()
        if signals_is_ignored(SIGHUP) != 0 { return }
        hangupDue = monotonicMilliseconds() + Self.hangupGrace
    }

    /// To the foreground, if that is where this job is now.
    private func attach() {
        terminal?.enter()
        terminal?.resize(process.master)
    }

    // MARK: - Signals

    private func takeSignals() {
        while true {
            let signal = signals.next()
            switch signal {
            case 0: return
            case SIGCHLD: break
            case SIGWINCH: terminal?.resize(process.master)
            case SIGCONT: resume()
            case SIGTSTP:
                stopWasRequested = true
                sendToGroup(SIGSTOP)
            default: passOn(signal)
            }
        }
    }

    private func passOn(_ signal: Int32) {
        if signal == SIGHUP { hangupDue = nil }
        // After the end there is nobody to pass it to: it means that the rest need not be written.
        if end != nil, signal != SIGUSR1, signal != SIGUSR2 {
            isImpatient = true
            wasAskedFor = true
            if !left.isGone { killEverything() }
        }
        sendToGroup(signal)
        if end == nil, terminal == nil, signal == SIGTERM || signal == SIGHUP {
            Descendants.continueStopped()
        }
        stop.passedOn(signal, now: monotonicMilliseconds())
    }

    /// To the agent's process group; never after it was reaped, when the number may be another's.
    private func sendToGroup(_ signal: Int32) {
        if end == nil { kill(-process.pid, signal) }
    }

    private func killEverything() {
        sendToGroup(SIGKILL)
        left.kill(session: leftSession)
    }

    // MARK: - The child

    private func reap() {
        while true {
            let event = processes_next_event()
            if event.change == CHILD_NONE { break }
            guard event.pid == process.pid else {
                process.reaped(event.pid)
                continue
            }
            switch event.change {
            case CHILD_STOPPED: childStopped()
            case CHILD_EXITED: childEnded(.exited(event.value))
            default: childEnded(.signalled(event.value))
            }
        }
        if end != nil { left.count(session: leftSession) }
    }

    private func childEnded(_ end: ChildEnd) {
        let now = monotonicMilliseconds()
        self.end = end
        process.ended()
        wasAskedFor = stop.wasAsked(now: now)
        observers.ended()
        relay.finish(isAbnormal: end.isAbnormal)
        if left.end(session: leftSession, now: now) { stop.passedOn(SIGTERM, now: now) }
    }

    /// Which of the agent's descendants end with it: after a stop that was asked for all, whatever their session. An
    /// agent that ended by itself leaves alone what has a session of its own: daemons are made to be shared, such as
    /// Codex's, and somebody else may be using one.
    private var leftSession: Int32? { end == nil || wasAskedFor ? nil : process.pid }

    /// The agent stops: so does this job, for the shell above to take over. Where there is no such
    /// shell, nobody would ever continue it, so it goes on at once.
    private func childStopped() {
        isStopped = true
        if terminal != nil || stopWasRequested {
            stopWasRequested = false
            // What the agent wrote before it stopped may be what puts the screen in order.
            relay.readAgent()
            _ = relay.writeCaller()
            terminal?.leave()
            signals_stop_group()
        }
        resume()
    }

    private func resume() {
        // The shell may have changed the terminal while this job was stopped.
        terminal?.forget()
        terminal?.enter()
        terminal?.resize(process.master)
        isStopped = false
        sendToGroup(SIGCONT)
    }
}
