import CPseudoTerminal
import Glibc

/// Runs the agent itself on a pseudoterminal and stays with it until it has ended.
struct DirectLaunch {
    var child: ChildProgram
    /// From the first TERM or HUP to KILL.
    var stopTimeoutMilliseconds: Int
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
    var note: (String) -> Void

    /// Returns when the agent has ended and all its output is out. The signals were taken over before the size is
    /// read, so one that comes then waits to be passed on; and they stay blocked afterwards, so that nothing cuts
    /// short what the caller has to put away.
    func run(_ observers: LaunchObservers, _ signals: LauncherSignals) throws(LaunchError) -> LaunchEnd {
        let outer = isatty(STDOUT_FILENO) == 1 ? terminalSettings(of: STDIN_FILENO) : nil
        let size = size(onTerminal: outer != nil)
        let child = try SupervisedChild(
            child,
            settings: outer ?? .plain,
            size: size,
            isJob: outer != nil,
            signals: signals.inherited,
            leftovers: .terminalSession,
            stopTimeoutMilliseconds: stopTimeoutMilliseconds
        )
        StandardDescriptors.noteClosedOutput(log, note)
        let terminal = outer == nil ? nil : CallerTerminal(descriptor: STDIN_FILENO, size: size)
        let session = DirectSession(self, child, terminal)
        session.begin()
        return ChildLoop(child: child, session: session, signals: signals, observers: observers).run()
    }

    private func size(onTerminal: Bool) -> WindowSize {
        if onTerminal { return WindowSize(of: STDIN_FILENO) ?? WindowSize() }
        return WindowSize(columns: columns ?? 80, rows: rows ?? 24)
    }
}
