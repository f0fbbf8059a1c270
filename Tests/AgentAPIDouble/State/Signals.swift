import Foundation

/// What the handlers share with the loop. One thread, so nothing else is needed.
private nonisolated(unsafe) var pipeForSignals: (read: Int32, write: Int32) = (-1, -1)
private nonisolated(unsafe) var ignoredBefore: Set<Int32> = []
private nonisolated(unsafe) var restoresStopSignals: (Bool) = false

struct ReceivedSignal {
    let number: Int32
    let sender: Int32
}

private let stopSignals: [Int32] = [SIGTERM, SIGINT, SIGHUP]

private func setHandler(
    _ number: Int32,
    _ handler:
        @convention(c) @escaping (Int32, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?) -> Void
) {
    var action = sigaction()
    action.sa_flags = SA_SIGINFO
    sigemptyset(&action.sa_mask)
    for stop in stopSignals { sigaddset(&action.sa_mask, stop) }
    action.__sigaction_handler.sa_sigaction = handler
    sigaction(number, &action, nil)
}

private func setDefault(_ number: Int32) {
    signal(number, ignoredBefore.contains(number) ? SIG_IGN : SIG_DFL)
}

private func report(_ number: Int32, _ info: UnsafeMutablePointer<siginfo_t>?) {
    let saved = errno
    var record: (Int32, Int32) = (number, info?.pointee._sifields._kill.si_pid ?? 0)
    _ = withUnsafeBytes(of: &record) { write(pipeForSignals.write, $0.baseAddress, $0.count) }
    errno = saved
}

/// Signals as a Go program has them: from its start, before and after agentapi asks for some.
enum Signals {
    /// Before agentapi's own handlers: QUIT is a dump and 2, USR1, USR2 and PIPE do nothing, the others kill. HUP and INT
    /// stay ignored if they are.
    static func beginLikeGo() {
        for number in [SIGHUP, SIGINT] {
            var action = sigaction()
            sigaction(number, nil, &action)
            if unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1 {
                ignoredBefore.insert(number)
            }
        }
        signal(SIGTERM, SIG_DFL)
        setHandler(SIGQUIT) { _, _, _ in
            let text: StaticString = "SIGQUIT: quit\n\ngoroutine 0 [idle]:\n"
            _ = write(2, text.utf8Start, text.utf8CodeUnitCount)
            _exit(2)
        }
        // Handlers, not "ignored": the agent must not inherit them.
        for number in [SIGUSR1, SIGUSR2, SIGPIPE, SIGCHLD] { setHandler(number) { _, _, _ in } }
    }

    /// agentapi's handlers; the first stop signal gives all three back at once, so that a second one kills.
    static func handle(hangup: Bool, save: Bool, secondKills: Bool) {
        var ends: [Int32] = [-1, -1]
        pipe(&ends)
        for end in ends { setFlags(end) }
        pipeForSignals = (ends[0], ends[1])
        restoresStopSignals = secondKills
        var handled = sigset_t()
        sigemptyset(&handled)
        for number in hangup ? stopSignals : [SIGTERM, SIGINT] {
            setHandler(number) { number, info, _ in
                report(number, info)
                if restoresStopSignals { for stop in stopSignals { setDefault(stop) } }
            }
            sigaddset(&handled, number)
        }
        if save {
            setHandler(SIGUSR1) { number, info, _ in report(number, info) }
            sigaddset(&handled, SIGUSR1)
        }
        // Whoever blocked them: a Go program that asks for a signal gets it.
        sigprocmask(SIG_UNBLOCK, &handled, nil)
    }

    static var descriptor: Int32 { pipeForSignals.read }

    static func next() -> ReceivedSignal? {
        var record: (Int32, Int32) = (0, 0)
        let count = withUnsafeMutableBytes(of: &record) {
            read(pipeForSignals.read, $0.baseAddress, $0.count)
        }
        return count == MemoryLayout<(Int32, Int32)>.size
            ? ReceivedSignal(number: record.0, sender: record.1) : nil
    }

    static func name(_ number: Int32) -> String {
        switch number {
        case SIGTERM: "TERM"
        case SIGINT: "INT"
        case SIGHUP: "HUP"
        case SIGUSR1: "USR1"
        default: String(number)
        }
    }

    /// As Go's log shows it.
    static func words(_ number: Int32) -> String {
        switch number {
        case SIGTERM: "terminated"
        case SIGINT: "interrupt"
        case SIGHUP: "hangup"
        default: String(number)
        }
    }
}
