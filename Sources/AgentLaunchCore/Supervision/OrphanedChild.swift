import Glibc

/// A child whose launcher was killed: its terminal has gone, so it is about to end or will never.
struct OrphanedChild: ~Copyable {
    private let process: HeldProcess
    private let timeout: Int

    private init(_ process: consuming HeldProcess, _ timeout: Int) {
        self.process = process
        self.timeout = timeout
    }

    /// Nil if it has ended.
    static func of(_ run: Run) -> OrphanedChild? {
        guard let child = run.child, child.isAlive else { return nil }
        guard let process = try? HeldProcess(child.pid) else { return nil }
        // Looked at again: the number may have been given on before the handle was made.
        return child.isAlive ? OrphanedChild(process, run.stopTimeoutMilliseconds) : nil
    }

    func end(_ say: (String) -> Void) {
        if process.hasEnded(within: 200) { return }
        say("waiting for process \(process.pid), which its launcher left behind")
        if process.hasEnded(within: Int32(clamping: timeout)) { return }
        try? process.send(SIGKILL)
        _ = process.hasEnded(within: 5_000)
    }
}
