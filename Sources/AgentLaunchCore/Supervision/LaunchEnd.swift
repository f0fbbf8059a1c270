import Glibc

/// How one run ended, and whether that was asked for.
struct LaunchEnd: Equatable, Sendable {
    var child: ChildEnd
    /// By a signal to this process, or to agentapi as its own log line tells.
    var wasAskedFor: Bool

    /// Whether `--restart on-failure` starts it again. A child that dies of one of the signals that mean "end", or
    /// says in a shell's way that it did, was asked by somebody, whoever that was.
    var isFailure: Bool {
        guard !wasAskedFor else { return false }
        switch child {
        case .exited(0): return false
        case .exited(let code): return !Self.requests.contains(code - 128)
        case .signalled(let number): return !Self.requests.contains(number)
        }
    }

    /// Whoever stops a program sends one of these; KILL is also what the kernel sends when memory runs out.
    static let requests: Set<Int32> = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]
}
