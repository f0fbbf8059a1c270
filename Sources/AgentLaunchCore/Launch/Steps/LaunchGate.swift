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

    func admit(
        _ steps: LaunchSteps,
        alsoChecked: (PlannedStart) throws(LaunchError) -> Void = { _ throws(LaunchError) in }
    ) throws(LaunchError) -> PlannedStart {
        let began = monotonicMilliseconds()
        var start = try steps.plannedStart()
        for warning in start.plan.findings.warnings
        where !Self.saidByErrors.contains(warning.code) && !said.contains(warning) {
            diagnostics.warn(warning)
            said.append(warning)
        }
        diagnostics.detail("because: \(start.plan.decision.reason)")
        for entry in start.plan.findings.evidence {
            diagnostics.detail("checked \(entry.source): \(entry.finding)")
        }
        if let refusal = start.refusal { throw refusal }
        if let holder = start.holder { throw start.conversation.alreadyRunning(holder) }
        try alsoChecked(start)
        if let server = start.plan.server {
            try AgentAPIFiles.check(server, root: start.conversation.state.root)
        }
        try start.pinThread(began: began)
        try session.take(start.plan)
        return start
    }
}
