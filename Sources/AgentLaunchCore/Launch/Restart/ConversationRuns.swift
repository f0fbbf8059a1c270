/// All runs of a conversation under one launcher: the first, and with `--restart on-failure` those that follow it.
/// Locks, log, `run.json` and the caller in the foreground see one launch.
struct ConversationRuns {
    let steps: LaunchSteps
    let diagnostics: Diagnostics
    let gate: LaunchGate
    let reporter: RunReporter
    let session: HeldSession
    let signals = LaunchSignals()
    let tail = OutputTail()

    func run(
        _ first: PlannedStart,
        moduleDirectory lock: consuming FileLock?
    ) throws(LaunchError) -> ChildEnd {
        let request = steps.context.request
        let isRestarted = request.restart == .onFailure
        var restarts = Restarts()
        var last = try single(isRestarted ? tail : nil).run(first, moduleDirectory: lock)
        while isRestarted {
            let step = restarts.step(
                after: last.end,
                isWarm: last.plan.decision.verdict == .warm,
                life: last.milliseconds,
                now: monotonicMilliseconds()
            )
            let pause: Int64
            switch step {
            case .done: return last.end.child
            case .giveUp(let why):
                sayGivenUp(why, last)
                return last.end.child
            case .again(let milliseconds): pause = milliseconds
            }
            sayRestarted(last, pause)
            reporter.restarts(in: pause, after: last.end.child.status)
            if let asked = try wait(pause, after: last.plan) { return endAsked(by: asked) }
            let again = steps.again(after: last)
            let next = try gate.admit(again) { (start) throws(LaunchError) in
                if let record = again.ownRecord { try start.checkRestart(after: record) }
            }
            // Planning can take its time.
            if let asked = try wait(0, after: last.plan) { return endAsked(by: asked) }
            last = try single(tail).run(next, moduleDirectory: ModuleDirectoryLock.take(steps.conversation))
        }
        return last.end.child
    }

    private func single(_ tail: OutputTail?) -> SingleRun {
        SingleRun(
            diagnostics: diagnostics,
            reporter: reporter,
            session: session,
            signals: signals,
            tail: tail
        )
    }

    private func wait(_ milliseconds: Int64, after plan: LaunchPlan) throws(LaunchError) -> Int32? {
        let deadline = [reporter.deadline(asked: nil)].compactMap(\.self)
        let pause = RestartPause(
            signals: try signals.taken(),
            observers: LaunchObservers(members: deadline),
            endsEverything: plan.transport == .agentapi || !plan.wrapper.isEmpty,
            stopTimeoutMilliseconds: steps.context.request.stopTimeoutMilliseconds
        )
        return pause.wait(milliseconds)
    }

    /// Nothing runs that could have a status of its own: as of agentapi that ended when it was asked to, or of a
    /// program that dies of the signal.
    private func endAsked(by signal: Int32) -> ChildEnd {
        diagnostics.notice("\(steps.context.agent.name): stop requested, not restarting")
        return steps.context.transport == .agentapi ? .exited(0) : .signalled(signal)
    }

    // MARK: Lines

    private func sayRestarted(_ last: FinishedRun, _ pause: Int64) {
        let end = "\(last.plan.agent.name): \(last.subject) \(last.end.child.words)"
        diagnostics.warn(Warning("restart", "\(end); restarting in \(pause / 1000) s"))
    }

    private func sayGivenUp(_ why: Restarts.Why, _ last: FinishedRun) {
        let reason =
            switch why {
            case .refused: "failed twice right after resuming, giving up"
            case .tooMany:
                "restarted \(RestartThrottle.most) times in "
                    + "\(RestartThrottle.window / 60_000) minutes, giving up"
            }
        let words = tail.words
        diagnostics.fail(
            "\(last.plan.agent.name): \(last.subject) \(last.end.child.words): \(reason); "
                + (words.map { "last output: \($0)" } ?? "it printed nothing"),
            [.init("status", .integer(last.end.child.status)), .init("said", .optional(words))]
        )
    }
}

/// The signals of this process, taken over before the first child is made and kept for all that follow: between two
/// of them a request waits like any other.
final class LaunchSignals {
    private var signals: LauncherSignals?

    func taken() throws(LaunchError) -> LauncherSignals {
        if let signals { return signals }
        let new = try LauncherSignals()
        signals = new
        return new
    }
}

extension FinishedRun {
    fileprivate var subject: String { plan.transport == .agentapi ? "agentapi" : "it" }
}
