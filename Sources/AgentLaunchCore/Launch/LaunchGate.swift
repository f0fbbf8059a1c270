/// From what is on disk now to a run that may begin: planned, what must not be started refused, and the session's
/// lock taken.
final class LaunchGate {
    private let diagnostics: Diagnostics
    private let session: HeldSession
    private var said: [Warning] = []

    init(_ diagnostics: Diagnostics, _ session: HeldSession) {
        self.diagnostics = diagnostics
        self.session = session
    }

    /// A start that has to stop says these in its error.
    private static let saidByErrors: Set<String> = [
        "agent-not-found", "agentapi-not-found", "wrapper-not-found", "prompt-refused",
    ]

    func outcome(
        of preparation: Preparation,
        alsoChecked: (Preparation.Outcome) throws(LaunchError) -> Void = { _ throws(LaunchError) in }
    ) throws(LaunchError) -> Preparation.Outcome {
        let began = monotonicMilliseconds()
        var outcome = try preparation.prepare()
        for warning in outcome.plan.findings.warnings
        where !Self.saidByErrors.contains(warning.code) && !said.contains(warning) {
            diagnostics.warn(warning)
            said.append(warning)
        }
        diagnostics.detail("because: \(outcome.plan.decision.reason)")
        for entry in outcome.plan.findings.evidence {
            diagnostics.detail("looked at \(entry.source): \(entry.finding)")
        }
        try check(outcome, preparation)
        try alsoChecked(outcome)
        if let server = outcome.plan.server { try AgentAPIFiles.check(server, preparation) }
        try preparation.pinThread(&outcome, began: began)
        try session.take(outcome.plan)
        return outcome
    }

    /// What must not be started.
    private func check(
        _ outcome: Preparation.Outcome,
        _ preparation: Preparation
    ) throws(LaunchError) {
        if let refusal = preparation.refusal(of: outcome.plan) { throw refusal }
        if let holder = outcome.holder { throw preparation.alreadyRunning(holder) }
    }
}

extension Preparation {
    /// Why the plan is none that may be started: a dry run says it too.
    func refusal(of plan: LaunchPlan) -> LaunchError? {
        if plan.decision.verdict == .unknown {
            let trouble = plan.decision.trouble
            return LaunchError(
                .unknown,
                trouble.map { "\($0.path)" } ?? plan.agent.name,
                trouble?.why ?? plan.decision.reason,
                trouble?.nextStep ?? "see --dry-run"
            )
        }
        guard plan.prompt.isRefused else { return nil }
        return LaunchError(
            .usage,
            context.request.task?.spelling ?? "--prompt",
            "conversation \(plan.decision.session?.id ?? "") goes on and was not given this prompt",
            "leave the prompt out, or use --on-new-prompt send, skip or fresh, or another --session NAME"
        )
    }
}
