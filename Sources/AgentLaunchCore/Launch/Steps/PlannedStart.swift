/// A start that is planned, with what running it needs beside the plan.
struct PlannedStart {
    let context: StartContext
    let conversation: ConversationFiles
    let programs: StartPrograms
    let task: TaskText?
    /// The record as the last start left it.
    let record: Record?
    let query: StoreQuery
    let storeRoot: Path
    /// What is done about agentapi's state file; nil where none is kept.
    var state: StateDecision?
    /// Of `--module-dir` the directory that is this conversation's own.
    let moduleDirectory: Path?
    /// Who has the conversation open now, if anybody.
    let holder: Int32?
    /// What the start overwrites.
    let overwritten: OldConversation?
    /// What the start writes for the agent.
    let ownSettings: OwnSettingsFile?
    var plan: LaunchPlan

    /// Why the plan is none that may be started: a dry run says it too.
    var refusal: LaunchError? {
        if plan.decision.verdict == .unknown {
            let failure = plan.decision.failure
            return LaunchError(
                .unknown,
                failure.map { "\($0.path)" } ?? plan.agent.name,
                failure?.why ?? plan.decision.reason,
                failure?.nextStep ?? "see --dry-run"
            )
        }
        guard plan.prompt.isRefused else { return nil }
        return LaunchError(
            .usage,
            context.request.task?.spelling ?? "--prompt",
            "conversation \(plan.decision.session?.id ?? "") exists and has not been given this prompt",
            "remove the prompt, or use --on-new-prompt send, skip or fresh, or another --session NAME"
        )
    }
}
