import CPseudoTerminal

/// How the agent ended.
enum ChildEnd: Equatable, Sendable {
    case exited(Int32)
    case signalled(Int32)

    /// An end that may have left the terminal's modes as they were in mid-drawing.
    var isAbnormal: Bool { self != .exited(0) }
}

/// Ends as the child did: its signal is raised again, without a core file, so that the caller sees
/// the same; a code is returned for `exit`. Where a signal cannot kill (as process 1) it is 128 + n.
func exitLikeChild(_ end: ChildEnd) -> Int32 {
    switch end {
    case .exited(let code): return code
    case .signalled(let number):
        signals_die_of(number)
        return 128 + number
    }
}
