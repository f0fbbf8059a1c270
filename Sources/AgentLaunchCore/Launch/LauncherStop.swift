import Glibc

/// Ends one launcher: TERM, and its child has as long as the launcher itself would give it. Only a launcher that does
/// not end then is killed, and the agentapi that it leaves is ended as its next start would.
///
/// No signal goes to a number that was read from a file: the process is held before the lock is looked at again.
final class LauncherStop {
    let conversation: KnownConversation
    private let process: ProcessHandle
    private let run: Run?
    /// Of the monotonic clock.
    private var deadline: Int64
    private(set) var wasKilled = false

    /// Beyond the launcher's own time limit, and for a killed process to go.
    private static let grace: Int64 = 5_000

    /// Nil if it has just ended. Sends TERM.
    init?(_ conversation: KnownConversation) throws(LaunchError) {
        guard let launcher = conversation.launcher else { return nil }
        let pid = launcher.process.pid
        guard launcher.isCertain else {
            throw LaunchError(
                .unavailable,
                conversation.title,
                "process \(pid) seems to hold its lock, but may not be its launcher",
                "if it is, stop it with kill \(pid)"
            )
        }
        do throws(Errno) { process = try ProcessHandle(pid) } catch {
            if error.code == ESRCH { return nil }
            throw Self.refusal(conversation, pid, error)
        }
        self.conversation = conversation
        run = conversation.current
        deadline = monotonicMilliseconds() + Int64(run?.stopTimeoutMilliseconds ?? 15_000) + Self.grace
        // The number may have been given on before the handle was made.
        guard ProcessIdentity(pid) == launcher.process, conversation.lock.holder == pid else { return nil }
        try send(SIGTERM)
        proceed()
    }

    /// Whether it has ended; kills it when that takes too long.
    func hasEnded(now: Int64) throws(LaunchError) -> Bool {
        if process.hasEnded() { return true }
        proceed()
        guard now >= deadline else { return false }
        guard !wasKilled else {
            throw LaunchError(
                .unavailable,
                conversation.title,
                "process \(process.pid) does not exit even when killed",
                "it is waiting for a device or file system; see its state with ps"
            )
        }
        wasKilled = true
        deadline = now + Self.grace
        try send(SIGKILL)
        return false
    }

    /// After a killed launcher: its child.
    func endOrphan(_ say: (String) -> Void) throws(LaunchError) {
        guard wasKilled, let run else { return }
        try Predecessor.end(run: run, timeout: run.stopTimeoutMilliseconds, say: say)
    }

    /// A process that is stopped (by ^Z, say) would take TERM only when it is continued.
    private func proceed() {
        if ProcessStatus(process.pid)?.isStopped == true { try? process.send(SIGCONT) }
    }

    private func send(_ signal: Int32) throws(LaunchError) {
        do throws(Errno) { try process.send(signal) } catch {
            throw Self.refusal(conversation, process.pid, error)
        }
    }

    private static func refusal(
        _ conversation: KnownConversation,
        _ pid: Int32,
        _ error: Errno
    ) -> LaunchError {
        LaunchError(
            .unavailable,
            conversation.title,
            "cannot signal process \(pid): \(error)",
            error.code == EPERM
                ? "stop it as the user who started it, or as root" : "stop it with kill \(pid)"
        )
    }
}
