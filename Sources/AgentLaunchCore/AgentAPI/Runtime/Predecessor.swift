import Glibc

/// The child of a launcher that was killed: agentapi, or the agent of a direct start. Its terminal went with the
/// launcher, so it was told to hang up and is ending; whoever starts next waits for that.
///
/// A second signal kills an agentapi that is ending at once, before its chat is saved: TERM is sent only to one
/// that goes on.
struct Predecessor {
    /// This long an agentapi may still listen after the hang-up: it saves its state first.
    static let grace: Int64 = 1000
    private static let lookAgain: Int64 = 100
    private static let hangup: Int64 = 500

    private let run: Run
    private let deadline: Int64
    private let started = monotonicMilliseconds()
    private let timeout: Int64
    /// What it had started; those may outlive it.
    private var descendants: [Int32: UInt64] = [:]

    /// Returns when nothing of that run is left. The caller holds the conversation's lock, or knows otherwise that
    /// the launcher is gone; a launcher that lives is left alone with its child.
    ///
    /// - Parameters:
    ///   - timeout: milliseconds until KILL
    ///   - say: takes one line if this has to wait
    static func end(run: Run, timeout: Int, say: (String) -> Void) throws(LaunchError) {
        guard !run.launcher.isAlive, let child = run.child else { return }
        var predecessor = Predecessor(run, timeout: timeout)
        if run.transport == .direct || AgentAPIProcess.isOne(child.pid), let handle = child.handle() {
            try predecessor.end(handle, say)
        } else {
            try predecessor.endLeftovers(say)
        }
    }

    private init(_ run: Run, timeout: Int) {
        self.run = run
        self.timeout = Int64(timeout)
        deadline = started + Int64(timeout)
    }

    private mutating func end(
        _ child: borrowing ProcessHandle,
        _ say: (String) -> Void
    ) throws(LaunchError) {
        collect(below: child.pid)
        let what = run.transport == .agentapi ? "agentapi" : run.agent
        say("waiting for \(what) (pid \(child.pid)), which lost its launcher, to exit")
        var isAsked = false
        let grace = min(Self.grace, timeout / 2)
        while !child.hasEnded(within: Int32(min(Self.lookAgain, remaining))) {
            collect(below: child.pid)
            if remaining == 0 {
                try? child.send(SIGKILL)
                guard child.hasEnded(within: 5000) else { throw stuck(child.pid) }
                break
            }
            if !isAsked, monotonicMilliseconds() - started >= grace,
                run.transport == .direct || goesOn(child.pid)
            {
                try? child.send(SIGTERM)
                isAsked = true
            }
        }
        try endDescendants()
    }

    private var remaining: Int64 { max(0, deadline - monotonicMilliseconds()) }

    /// One that is ending has closed its socket, or is just writing its state.
    private func goesOn(_ pid: Int32) -> Bool {
        let isSaving = openFiles(of: pid).contains { $0.bytes.suffix(4).elementsEqual(Bytes(".tmp".utf8)) }
        return !isSaving && !ListeningSockets().ports(of: pid).isEmpty
    }

    /// The child itself is gone; an agent that takes no notice of a hang-up may still be there.
    private mutating func endLeftovers(_ say: (String) -> Void) throws(LaunchError) {
        collectSession()
        guard let pid = descendants.keys.min() else { return }
        say("waiting for processes left by an earlier start of \(run.agent) (pid \(pid)) to exit")
        try endDescendants()
    }

    private mutating func collect(below pid: Int32) {
        for pid in Descendants.pids(of: pid) where descendants[pid] == nil {
            descendants[pid] = ProcessStatus(pid)?.startTicks
        }
        collectSession()
    }

    private mutating func collectSession() {
        guard let leader = run.transport == .direct ? run.child : run.agentProcess else { return }
        for process in Descendants.session(of: leader) where process != run.child {
            if leader.isAlive || hasPidFile(process.pid) { descendants[process.pid] = process.startTicks }
        }
    }

    /// What that agentapi was started with, its agent and whatever that has started inherit.
    private func hasPidFile(_ pid: Int32) -> Bool {
        guard let path = run.pidFile,
            let content = try? contentsOfSmallFile(Path("/proc/\(pid)/environ"), limit: 4 << 20)
        else { return false }
        let entry = Bytes("AGENTAPI_PID_FILE=".utf8) + path.bytes
        return content.split(separator: 0).contains { $0.elementsEqual(entry) }
    }

    /// Two agents must not write to one session.
    private func endDescendants() throws(LaunchError) {
        var living = descendants.map { ProcessIdentity(pid: $0.key, startTicks: $0.value) }
        func wait(until end: Int64) {
            while true {
                living.removeAll { !$0.isAlive }
                let rest = end - monotonicMilliseconds()
                if living.isEmpty || rest <= 0 { return }
                _ = poll(nil, 0, Int32(min(20, rest)))
            }
        }
        wait(until: max(deadline, monotonicMilliseconds()))
        if living.isEmpty { return }
        for process in living { try? process.handle()?.send(SIGHUP) }
        wait(until: monotonicMilliseconds() + Self.hangup)
        if living.isEmpty { return }
        for process in living { try? process.handle()?.send(SIGKILL) }
        wait(until: monotonicMilliseconds() + 5000)
        if let process = living.first { throw stuck(process.pid) }
    }

    private func stuck(_ pid: Int32) -> LaunchError {
        LaunchError(
            .alreadyRunning,
            "\(run.agent) in \(run.workdir)",
            "pid \(pid) of an earlier start of conversation \(run.name) cannot be killed",
            "look at it with ps; restarting the machine or container ends it"
        )
    }
}

extension ProcessIdentity {
    /// Nil if it has ended, its number given away or not.
    func handle() -> ProcessHandle? {
        guard let handle = try? ProcessHandle(pid) else { return nil }
        // The number may have been given away before the handle was made, not after.
        guard isAlive else { return nil }
        return handle
    }
}
