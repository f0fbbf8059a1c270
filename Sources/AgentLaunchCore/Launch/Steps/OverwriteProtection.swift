/// What keeps this start from destroying older conversations where its agent would.
struct OverwriteProtection {
    /// What the start writes for the agent.
    private(set) var ownSettings: OwnSettingsFile?
    /// What is copied before the agent overwrites it.
    private(set) var overwritten: OldConversation?

    init(
        for start: CommandRequest.Start?,
        _ context: StartContext,
        _ conversation: ConversationFiles,
        store inspection: StoreInspection,
        _ findings: inout Findings
    ) throws(LaunchError) {
        guard let start else { return }
        let safeguard = context.agent.safeguard(inspection.query, context.isAttended)
        if case .settings(let settings) = safeguard {
            ownSettings = OwnSettingsFile(settings, conversation: conversation.directory)
            findings.saw(variable: settings.variable, .ok, settings.purpose)
        } else if case .cold = start {
            overwritten = try Self.overwritten(context, conversation, inspection.store, &findings)
        }
        if case .missing(let warning) = safeguard { findings.warn(warning.code, warning.message) }
    }

    private static func overwritten(
        _ context: StartContext,
        _ conversation: ConversationFiles,
        _ store: any ConversationGuard,
        _ findings: inout Findings
    ) throws(LaunchError) -> OldConversation? {
        let title = context.agent.title
        do throws(StoreFailure) {
            guard let old = try store.overwritten(&findings) else { return nil }
            let backup = ConversationBackup(conversation.directory).folder
            findings.warn("old-conversation-saved", "\(title) \(old.fate); it is first copied to \(backup)")
            return old
        } catch {
            throw LaunchError(
                .cannotCreate,
                "\(error.path)",
                "\(title) would destroy its conversation of this directory, which cannot be backed up: \(error.why)",
                error.nextStep
            )
        }
    }
}
