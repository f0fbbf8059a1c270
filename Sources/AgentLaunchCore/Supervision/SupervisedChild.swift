import CPseudoTerminal
import Glibc

/// The child of a run on a pseudoterminal of its own, and what it has started: signalled, reaped, and ended by KILL
/// where nothing else helps.
final class SupervisedChild {
    /// What ends with it.
    enum Leftovers {
        /// Everything. The end of agentapi has hung up the terminals of what it runs.
        case everything
        /// After a stop that was asked for everything too. An agent that ended by itself leaves alone what has a
        /// session of its own: daemons are made to be shared, such as Codex's, and somebody else may be using one.
        case terminalSession
    }

    enum Change {
        case stopped
        case ended(ChildEnd)
    }

    let pid: Int32
    let master: Int32
    /// What makes ^Z stop it, where that is wanted.
    private var anchor: job_anchor
    private let leftovers: Leftovers
    var stop: StopSequence
    private(set) var end: ChildEnd?
    /// Somebody asked for the end.
    var wasAskedFor = false
    /// It was still there when all was killed.
    private(set) var wasKilled = false
    /// How many are waited for that it has left running.
    private(set) var survivors = 0
    /// When a person is told of them; nil where that is done or nothing is waited for.
    private(set) var noteDue: Int64?
    private static let noteAfter: Int64 = 1000

    /// Starts the program with the signals as the caller had them; returns once it runs. On failure nothing is left
    /// behind.
    init(
        _ program: ChildProgram,
        settings: termios,
        size: WindowSize,
        input: Int32? = nil,
        isJob: Bool = false,
        signals: inherited_signals,
        leftovers: Leftovers,
        stopTimeoutMilliseconds: Int
    ) throws(LaunchError) {
        let child = program.executable.withCString { executable in
            program.workdir.withCString { workdir in
                withStrings(program.arguments) { arguments in
                    withStrings(program.environment) { environment in
                        var request = pty_request(
                            executable: executable,
                            arguments: arguments,
                            environment: environment,
                            workdir: workdir,
                            settings: settings,
                            size: size.kernelValue,
                            standard_input: input ?? -1,
                            is_job: isJob ? 1 : 0,
                            signals: signals
                        )
                        return pty_spawn(&request)
                    }
                }
            }
        }
        guard child.failed_step == PTY_STEP_NONE else {
            throw program.failure(at: child.failed_step, Errno(code: child.error))
        }
        pid = child.pid
        master = child.master
        anchor = child.anchor
        self.leftovers = leftovers
        stop = StopSequence(timeout: stopTimeoutMilliseconds)
    }

    // MARK: Signals

    /// To the child alone; never after it was reaped, when the number may be another's.
    func send(_ signal: Int32) {
        if end == nil { kill(pid, signal) }
    }

    func sendToGroup(_ signal: Int32) {
        if end == nil { kill(-pid, signal) }
    }

    func killEverything() {
        if end == nil { wasKilled = true }
        sendToGroup(SIGKILL)
        survivors = Descendants.signalAll(SIGKILL, session: survivingSession)
    }

    // MARK: Its end

    /// What has happened to it since; nil if nothing more has. What else has ended below this process is reaped too.
    func nextChange() -> Change? {
        while true {
            let event = processes_next_event()
            switch (event.change, event.pid) {
            case (CHILD_NONE, _): return nil
            case (CHILD_STOPPED, pid): return .stopped
            case (CHILD_EXITED, pid): return ended(.exited(event.value))
            case (_, pid): return ended(.signalled(event.value))
            // Its number may be another's from now on.
            case (_, anchor.outside): anchor = job_anchor()
            default: break
            }
        }
    }

    private func ended(_ end: ChildEnd) -> Change {
        self.end = end
        job_anchor_end(anchor)
        anchor = job_anchor()
        wasAskedFor = stop.wasAsked(now: monotonicMilliseconds())
        return .ended(end)
    }

    // MARK: What it has left running

    /// Whose end is waited for; nil: everybody's below this process.
    private var survivingSession: Int32? {
        leftovers == .everything || end == nil || wasAskedFor ? nil : pid
    }

    /// Tells them to end.
    func endSurvivors(now: Int64) {
        survivors = Descendants.count(session: survivingSession)
        guard survivors > 0 || leftovers == .everything else { return }
        // The kernel has hung up on the foreground only.
        if leftovers == .terminalSession { Descendants.signalAll(SIGHUP, session: survivingSession) }
        Descendants.signalAll(SIGTERM, session: survivingSession)
        if leftovers == .terminalSession { Descendants.continueStopped() }
        noteDue = now + Self.noteAfter
        stop.passedOn(SIGTERM, now: now)
    }

    /// After a child was reaped there may be fewer; one that was forked just then was not seen before.
    func countSurvivors() {
        if end != nil, survivors > 0 || leftovers == .everything {
            survivors = Descendants.count(session: survivingSession)
        }
    }

    /// How many there are, once they have taken so long that it has to be said.
    func survivorsToNote(now: Int64) -> Int? {
        guard let due = noteDue, now >= due else { return nil }
        noteDue = nil
        return survivors > 0 ? survivors : nil
    }
}
