import CPseudoTerminal
import Glibc

/// A run of an agent: passes bytes and signals between it and the caller, keeps the caller's terminal in order, and
/// stops and goes on with it.
final class DirectSession: ChildSession {
    private let child: SupervisedChild
    private let prompt: TypedPrompt?
    private let note: (String) -> Void
    private var relay: Relay
    /// nil without a terminal.
    private var terminal: CallerTerminal?
    private var isStopped = false
    /// TSTP asks for a stop also where an agent's own stop would be undone.
    private var stopWasRequested = false
    private var hangupDue: Int64?
    private var isImpatient = false
    private var reader = StalledReader()

    /// A hang-up of the terminal comes with SIGHUP as a rule; this long it is waited for.
    private static let hangupGrace: Int64 = 200

    init(_ launch: DirectLaunch, _ child: SupervisedChild, _ terminal: CallerTerminal?) {
        self.child = child
        self.terminal = terminal
        prompt = launch.prompt
        note = launch.note
        relay = Relay(
            master: child.master,
            input: terminal == nil ? nil : openAnew(STDIN_FILENO, O_RDONLY) ?? STDIN_FILENO,
            output: STDOUT_FILENO,
            watchers: [launch.log, launch.tail, launch.prompt]
        )
    }

    /// The agent runs.
    func begin() {
        terminal?.enter()
        faultPoint("terminal.raw")
    }

    // MARK: - Waiting

    func interests(now: Int64) -> [pollfd] {
        let isListening = relay.wantsInput && terminal?.isRaw == true && prompt?.holdsKeys != true
        let master = (relay.wantsAgent ? POLLIN : 0) | (relay.hasForAgent ? POLLOUT : 0)
        let isBackground = terminal?.isRaw == false && relay.input != nil
        terminal?.watch(isBackground: isBackground, now: now)
        return [
            pollfd(isListening ? relay.input : nil, for: POLLIN),
            pollfd(relay.output.isClosed ? nil : child.master, for: master),
            pollfd(relay.output.isEmpty ? nil : relay.output.descriptor, for: POLLOUT),
            pollfd(terminal?.events, for: POLLIN),
        ]
    }

    func deadline(now: Int64) -> Int64? {
        // A finished drain is not announced by poll: what is there is read at once.
        let drain = child.end != nil && relay.wantsAgent ? now : nil
        let times = [
            hangupDue, relay.output.reopenDeadline, terminal?.deadline(now: now), drain, reader.deadline,
            child.noteDue,
        ]
        return times.compactMap(\.self).min()
    }

    func beforeObservers(now: Int64) {
        if let due = hangupDue, now >= due { passOn(SIGHUP) }
        if child.end == nil { relay.output.reopenIfDue(now: now) }
        giveUpOnReader(now: now)
        if let count = child.survivorsToNote(now: now) {
            note("the agent has exited; waiting for what it left behind (\(count))")
        }
        if terminal?.isRaw == false, relay.input != nil, !isStopped, child.end == nil { attach() }
    }

    func afterObservers(now: Int64) {
        let mayGoOn = prompt?.type(
            into: &relay,
            now: now,
            isStopping: child.stop.deadline != nil,
            onTerminal: terminal != nil
        )
        if mayGoOn == false { passOn(SIGTERM) }
        // What the agent left behind is waited for with the caller's own settings.
        if isFinished { terminal?.leave() }
    }

    // MARK: - Bytes

    func moveBytes(_ ready: [pollfd]) {
        if ready[3].revents != 0 { terminal?.noticed(now: monotonicMilliseconds()) }
        let input = ready[0].revents
        if input != 0, !relay.readInput() { inputEnded(hungUp: input & Int16(POLLHUP) != 0) }
        relay.writeAgent()
        relay.readAgent()
        if let error = relay.writeCaller(), terminal == nil { note(discardedOutput("\(error)")) }
        // What was passed on has made room; without this the last bytes would wait for another event.
        relay.readAgent()
        if relay.isStuck, isImpatient || child.stop.isOverdue { relay.abandon() }
        if relay.output.passedOn > 0 { faultPoint("output.moved") }
    }

    /// What was asked to end does not wait for somebody who does not read.
    private func giveUpOnReader(now: Int64) {
        let isStuck = relay.isStuck && child.stop.isTold
        reader.look(isStuck: isStuck, taken: relay.output.passedOn, now: now)
        guard reader.isGivenUp else { return }
        relay.abandon()
        if terminal == nil { note("standard output was not read in time: the rest of the output is lost") }
    }

    private func inputEnded(hungUp: Bool) {
        // In the background a read fails where SIGTTIN is ignored; the terminal is still there.
        guard terminal?.isForeground == true || hungUp else {
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
        terminal?.resize(child.master)
    }

    // MARK: - Signals

    func take(_ signal: Int32) {
        switch signal {
        case SIGWINCH: terminal?.resize(child.master)
        case SIGCONT: resume()
        case SIGTSTP:
            stopWasRequested = true
            child.sendToGroup(SIGSTOP)
        default: passOn(signal)
        }
    }

    private func passOn(_ signal: Int32) {
        if signal == SIGHUP { hangupDue = nil }
        // After the end there is nobody to pass it to: it means that the rest need not be written.
        if child.end != nil, signal != SIGUSR1, signal != SIGUSR2 {
            isImpatient = true
            child.wasAskedFor = true
            if child.survivors > 0 { child.killEverything() }
        }
        child.sendToGroup(signal)
        if child.end == nil, terminal == nil, signal == SIGTERM || signal == SIGHUP {
            Descendants.continueStopped()
        }
        child.stop.passedOn(signal, now: monotonicMilliseconds())
    }

    // MARK: - The child

    /// The agent stops: so does this job, for the shell above to take over. Where there is no such
    /// shell, nobody would ever continue it, so it goes on at once.
    func childStopped() {
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
        attach()
        isStopped = false
        child.sendToGroup(SIGCONT)
    }

    func childEnded(_ end: ChildEnd) { relay.finish(isAbnormal: end.isAbnormal) }

    var isFinished: Bool { relay.isFinished }

    func finish(_ end: ChildEnd) -> LaunchEnd {
        terminal?.watch(isBackground: false, now: 0)
        relay.close()
        return LaunchEnd(child: end, wasAskedFor: child.wasAskedFor)
    }
}
