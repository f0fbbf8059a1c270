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
        let launch = ConversationLaunch(steps: steps, diagnostics: diagnostics)
        guard request.detach else {
            first_process_stand_aside()
            return exitLikeChild(try launch.run(nil))
        }
        switch try Background.start() {
        case .caller(let wait):
            return wait.run(untilReady: request.waitReadyMilliseconds != nil, diagnostics)
        case .background(let report): return exitLikeChild(try launch.run(report))
        }
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
