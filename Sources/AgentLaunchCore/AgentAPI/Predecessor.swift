import CPseudoTerminal
import Glibc

/// The child of a launcher that was killed: agentapi, or the agent of a direct start. Its terminal went with the
/// launcher, so it was told to hang up and is ending; whoever starts next waits for that.
///
/// A second signal kills an agentapi that is ending at once, before its chat is saved: TERM is sent only to one
/// that goes on.
struct Predecessor {
    enum End: Equatable, Sendable {
        /// Nothing of that run was alive.
        case none
        case ended
        /// It, or what it had started, had to be killed.
        case killed
    }

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
    @discardableResult
    static func end(
        run: Run,
        timeout: Int,
        say: (String) -> Void
    ) throws(LaunchError) -> End {
        guard !run.launcher.isAlive, let child = run.child else { return .none }
        guard let handle = ProcessHandle(child) else { return .none }
        if run.transport == .agentapi, !AgentAPIProcess.isOne(child.pid) { return .none }
        var predecessor = Predecessor(run, timeout: timeout)
        return try predecessor.end(handle, say)
    }

    private init(_ run: Run, timeout: Int) {
        self.run = run
        self.timeout = Int64(timeout)
        deadline = started + Int64(timeout)
    }

    private mutating func end(
        _ child: borrowing ProcessHandle,
        _ say: (String) -> Void
    ) throws(LaunchError) -> End {
        collect(child.process.pid)
        let what = run.transport == .agentapi ? "agentapi" : run.agent
        say("waiting for \(what) (pid \(child.process.pid)) to end, which lost its launcher")
        var isKilled = false
        var isAsked = run.transport == .direct
        let grace = min(Self.grace, timeout / 2)
        while !child.hasEnded(within: min(Self.lookAgain, remaining)) {
            collect(child.process.pid)
            if remaining == 0 {
                child.signal(SIGKILL)
                isKilled = true
                guard child.hasEnded(within: 5000) else { throw stuck(child.process.pid) }
                break
            }
            if !isAsked, monotonicMilliseconds() - started >= grace, goesOn(child.process.pid) {
                child.signal(SIGTERM)
                isAsked = true
            }
        }
        let survived = try endDescendants()
        return isKilled || survived ? .killed : .ended
    }

    private var remaining: Int64 { max(0, deadline - monotonicMilliseconds()) }

    /// One that is ending has closed its socket, or is just writing its state.
    private func goesOn(_ pid: Int32) -> Bool {
        let isSaving = openFiles(of: pid).contains { $0.bytes.suffix(4).elementsEqual(Bytes(".tmp".utf8)) }
        return !isSaving && !ListeningSockets().ports(of: pid).isEmpty
    }

    private mutating func collect(_ pid: Int32) {
        for pid in Descendants.pids(of: pid) where descendants[pid] == nil {
            descendants[pid] = ProcessStatus(pid)?.startTicks
        }
    }

    /// Two agents must not write to one session. Returns whether one had to be killed.
    private func endDescendants() throws(LaunchError) -> Bool {
        var living = descendants.map { Run.Process(pid: $0.key, startTicks: $0.value) }
        func wait(until end: Int64) {
            while true {
                living.removeAll { !$0.isAlive }
                let rest = end - monotonicMilliseconds()
                if living.isEmpty || rest <= 0 { return }
                _ = poll(nil, 0, Int32(min(20, rest)))
            }
        }
        wait(until: max(deadline, monotonicMilliseconds()))
        if living.isEmpty { return false }
        for process in living { ProcessHandle(process)?.signal(SIGHUP) }
        wait(until: monotonicMilliseconds() + Self.hangup)
        if living.isEmpty { return false }
        for process in living { ProcessHandle(process)?.signal(SIGKILL) }
        wait(until: monotonicMilliseconds() + 5000)
        if let process = living.first { throw stuck(process.pid) }
        return true
    }

    private func stuck(_ pid: Int32) -> LaunchError {
        LaunchError(
            .alreadyRunning,
            "\(run.agent) in \(run.workdir)",
            "pid \(pid) of an earlier start of conversation \(run.name) cannot be killed",
            "look at it with ps; a restart of the machine or container ends it"
        )
    }
}

/// A process by a descriptor that cannot come to mean another one.
struct ProcessHandle: ~Copyable {
    let process: Run.Process
    private let descriptor: Int32

    /// Nil if it has ended, its number reused or not.
    init?(_ process: Run.Process) {
        let opened = process_open(process.pid)
        guard opened >= 0 else { return nil }
        // The number may have been given away before it was opened, not after.
        guard process.isAlive else {
            close(opened)
            return nil
        }
        self.process = process
        descriptor = opened
    }

    deinit { close(descriptor) }

    func signal(_ number: Int32) { _ = process_signal(descriptor, number) }

    /// Whether it has ended, reaped or not, within so many milliseconds.
    func hasEnded(within milliseconds: Int64) -> Bool {
        let end = monotonicMilliseconds() + milliseconds
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let rest = max(0, end - monotonicMilliseconds())
            if poll(&entry, 1, Int32(rest)) > 0 { return true }
            if rest == 0 { return false }
        }
    }
}
