import CPseudoTerminal
import Glibc

/// `agentlaunch AGENT`: the dry run, or the start itself.
struct StartCommand {
    let request: Request
    let preparation: Preparation
    let diagnostics: Diagnostics

    init(_ request: Request, _ processContext: ProcessContext, _ diagnostics: Diagnostics) throws(LaunchError)
    {
        var request = request
        if request.detach || request.restart == .onFailure, !request.dryRun {
            try request.readAhead(processContext.environment)
        }
        self.request = request
        self.diagnostics = diagnostics
        preparation = try Preparation(request, processContext)
    }

    func run() throws(LaunchError) -> Int32 {
        if request.dryRun { return try dryRun() }
        guard request.detach else {
            first_process_stand_aside()
            return exitLikeChild(try start(nil))
        }
        switch try Background.start() {
        case .caller(let wait):
            return wait.run(untilReady: request.waitReadyMilliseconds != nil, diagnostics)
        case .background(let report): return exitLikeChild(try start(report))
        }
    }

    /// In the background with somebody to report to.
    private func start(_ report: BackgroundReport?) throws(LaunchError) -> ChildEnd {
        let locks = LaunchLocks(preparation, diagnostics)
        let lock = try locks.takeConversation()
        try preparation.endPredecessor(diagnostics)
        preparation.removeLeftovers()
        let claim = ModuleClaim.take(preparation)
        let session = HeldSession(locks)
        let ready = LaunchGate(diagnostics, session)
        let outcome = try ready.outcome(of: preparation)
        let reporter = try preparation.reporter(outcome.plan, report) { diagnostics.warn($0) }
        let runs = ConversationRuns(preparation, diagnostics, ready, reporter, session)
        let end: ChildEnd
        do throws(LaunchError) { end = try runs.run(outcome, claim) } catch {
            reporter.end(error.status.rawValue)
            throw error
        }
        reporter.end(end.status)
        // Held until the agent has ended and everything is put away.
        _ = consume lock
        session.release()
        return end
    }

    // MARK: Dry run

    private func dryRun() throws(LaunchError) -> Int32 {
        var outcome = try preparation.prepare()
        let launcher = LaunchLocks(preparation, diagnostics).holder(of: outcome.plan.decision.session)
        if let pid = launcher ?? outcome.holder {
            outcome.plan.findings.warn(
                "in-use",
                "process \(pid) has this conversation open now: a start would exit with 75"
            )
        }
        outcome.plan.isRestarted = request.restart == .onFailure
        let plan = outcome.plan
        let text =
            request.format == .json
            ? JSONWriter.pretty(plan.json(showPrompt: request.showPrompt))
            : Bytes(plan.text(showPrompt: request.showPrompt).utf8)
        writeAll(text, to: STDOUT_FILENO)
        guard let refusal = preparation.refusal(of: plan) else { return ExitStatus.success.rawValue }
        diagnostics.report(refusal)
        return refusal.status.rawValue
    }
}
