import CPseudoTerminal
import Glibc

/// Runs the agent itself on a pseudoterminal and stays with it until it has ended.
struct DirectLaunch {
    var child: ChildProgram
    /// From the first TERM or HUP to KILL.
    var stopTimeoutMilliseconds = 15_000
    /// Used only without a terminal; nil: 80 columns, 24 rows.
    var columns: UInt16?
    var rows: UInt16?
    /// Keeps a copy of what it prints; the whole of it where there is no standard output.
    var log: RotatingLog?
    /// What it said last.
    var tail: OutputTail?
    /// Typed into the agent's terminal when it is ready.
    var prompt: TypedPrompt?
    /// Takes a line about the launch itself, without the program's name and the line break.
    var note: (String) -> Void = { writeLine("agentlaunch: \($0)") }

    /// Returns when the agent has ended and all its output is out. The signals were taken over before the size is
    /// read, so one that comes then waits to be passed on; and they stay blocked afterwards, so that nothing cuts
    /// short what the caller has to put away.
    func run(_ observers: LaunchObservers, _ signals: LauncherSignals) throws(LaunchError) -> LaunchEnd {
        let outer = isatty(STDOUT_FILENO) == 1 ? terminalSettings(of: STDIN_FILENO) : nil
        let size = size(onTerminal: outer != nil)
        let process = try signals.start(child, settings: outer ?? .plain, size: size, isJob: outer != nil)
        StandardDescriptors.noteClosedOutput(log, note)
        let relay = Relay(
            master: process.master,
            input: outer == nil ? nil : openAnew(STDIN_FILENO, O_RDONLY) ?? STDIN_FILENO,
            output: STDOUT_FILENO,
            log: log,
            tail: tail,
            typing: prompt.map { PromptTyping($0.readiness, now: monotonicMilliseconds()) }
        )
        let session = DirectSession(
            process: process,
            signals: signals,
            relay: relay,
            terminal: outer == nil ? nil : CallerTerminal(descriptor: STDIN_FILENO, size: size),
            stop: StopSequence(timeout: stopTimeoutMilliseconds),
            observers: observers,
            prompt: prompt,
            note: note
        )
        return session.run()
    }

    private func size(onTerminal: Bool) -> WindowSize {
        if onTerminal { return WindowSize(of: STDIN_FILENO) ?? WindowSize() }
        return WindowSize(columns: columns ?? 80, rows: rows ?? 24)
    }
}

func discardedOutput(_ why: String) -> String {
    "standard output: \(why); the agent continues, and its output is discarded"
}

/// One line on standard error; a failure to write it changes nothing.
func writeLine(_ text: String) {
    let bytes = Bytes((text + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// Descriptors 0 to 2 of the program as it was started.
enum StandardDescriptors {
    /// A bit for each that was closed. The first look opens /dev/null there, so it has to come before
    /// anything else is opened.
    static let closedAtStart = descriptors_assure_standard()

    /// A log takes it all where there is no standard output.
    static func noteClosedOutput(_ log: RotatingLog?, _ note: (String) -> Void) {
        if log == nil, closedAtStart & (1 << UInt32(STDOUT_FILENO)) != 0 {
            note(discardedOutput("it is closed"))
        }
    }
}
