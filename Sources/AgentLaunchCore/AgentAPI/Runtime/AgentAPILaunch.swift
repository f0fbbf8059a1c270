import CPseudoTerminal
import Glibc

/// Runs agentapi with the agent behind it and stays with it until both have ended.
struct AgentAPILaunch {
    var child: ChildProgram
    /// Becomes agentapi's standard input; nil: its terminal, of which it reads nothing.
    var input: Int32?
    /// From the request to stop to KILL.
    var stopTimeoutMilliseconds: Int
    /// Keeps a copy of what it prints; the whole of it where there is no standard output.
    var log: RotatingLog?
    /// What it said last.
    var tail: OutputTail?
    /// Takes a line about the launch itself, without the program's name and the line break.
    var note: (String) -> Void

    /// Returns when agentapi has ended and its output is out. Signals stay blocked afterwards, so that nothing cuts
    /// short what the caller has to put away.
    func run(_ observers: LaunchObservers, _ signals: LauncherSignals) throws(LaunchError) -> LaunchEnd {
        var signals = signals
        // agentapi stops its agent with INT and, dying, leaves it a HUP; ignored ones would stay ignored there.
        signals.setDefaultInChild([SIGINT, SIGQUIT, SIGHUP])
        let child = try SupervisedChild(
            child,
            settings: .plain,
            size: WindowSize(),
            input: input,
            signals: signals.inherited,
            leftovers: .everything,
            stopTimeoutMilliseconds: stopTimeoutMilliseconds
        )
        StandardDescriptors.noteClosedOutput(log, note)
        let session = AgentAPISession(self, child, observers)
        return ChildLoop(child: child, session: session, signals: signals, observers: observers).run()
    }
}
