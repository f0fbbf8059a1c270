import CPseudoTerminal
import Glibc

/// `agentlaunch AGENT`: the dry run, or the start itself.
struct StartCommand {
    let request: Request
    let steps: LaunchSteps
    let diagnostics: Diagnostics

    init(_ request: Request, _ processContext: ProcessContext, _ diagnostics: Diagnostics) throws(LaunchError)
    {
        var request = request
        if request.detach || request.restart == .onFailure, !request.dryRun {
            try request.readAhead(processContext.environment)
        }
        self.request = request
        self.diagnostics = diagnostics
        steps = try LaunchSteps(request, processContext)
    }

    func run() throws(LaunchError) -> Int32 {
        if request.dryRun { return try dryRun() }
        try steps.context.makeWorkdir()
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
        let conversation = steps.conversation
        let locks = LaunchLocks(conversation: conversation, diagnostics: diagnostics)
        let lock = try locks.takeConversation()
        try conversation.endPredecessor(timeout: request.stopTimeoutMilliseconds, diagnostics)
        conversation.removeLeftovers()
        let claim = ModuleClaim.take(conversation)
        let session = HeldSession(locks)
        let gate = LaunchGate(diagnostics, session)
        let first = try gate.start(of: steps)
        let reporter = try first.reporter(report) { diagnostics.warn($0) }
        let runs = ConversationRuns(
            steps: steps,
            diagnostics: diagnostics,
            gate: gate,
            reporter: reporter,
            session: session
        )
        let end: ChildEnd
        do throws(LaunchError) { end = try runs.run(first, claim) } catch {
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
        var start = try steps.plannedStart()
        let launcher = steps.conversation.launcher(of: start.plan.decision.session)
        if let pid = launcher ?? start.holder {
            start.plan.findings.warn(
                "in-use",
                "process \(pid) has this conversation open; a start now would exit with status 75"
            )
        }
        start.plan.isRestarted = request.restart == .onFailure
        let plan = start.plan
        let text =
            request.format == .json
            ? JSONWriter.pretty(plan.json(showPrompt: request.showPrompt))
            : Bytes(plan.text(showPrompt: request.showPrompt).utf8)
        writeAll(text, to: STDOUT_FILENO)
        guard let refusal = start.refusal else { return ExitStatus.success.rawValue }
        diagnostics.report(refusal)
        return refusal.status.rawValue
    }
}
