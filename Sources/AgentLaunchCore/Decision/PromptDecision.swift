/// What happens to the task and the resume prompt of this start.
struct PromptDecision: Equatable, Sendable {
    enum Action: String, Sendable {
        case send, skip, none
        case resumePrompt = "resume-prompt"
    }

    /// What the conversation was given before.
    enum Given: String, Sendable {
        case this, other, never, unknown
    }

    var action: Action
    /// Nil when cold, or without a task.
    var given: Given?
    /// `--on-new-prompt refuse` forbids this start.
    var isRefused = false
    /// `--on-new-prompt fresh` asks for a new conversation.
    var wantsFresh = false
}

/// Decides whether a text goes with this start (docs/specification.md#warm-start).
struct PromptDecider {
    let store: any ConversationReader
    let record: Record?
    let task: TaskText?
    let onNewPrompt: NewPromptPolicy
    let hasResumePrompt: Bool
    let resumeWhen: ResumeWhen
    /// `Agent.storesPromptWithAnswer`, unless the conversation is to be a new one anyhow.
    var storesPromptWithAnswer = false

    func decide(_ decision: Decision, _ findings: inout Findings) -> PromptDecision {
        guard case .warm(let session) = decision.start else {
            guard decision.verdict == .cold, let task else { return PromptDecision(action: .none) }
            warnIfRepeated(task, &findings)
            return PromptDecision(action: .send)
        }
        guard let task else { return PromptDecision(action: resume(session, otherwise: .none)) }
        let given = wasGiven(task, session)
        switch given {
        case .this:
            return PromptDecision(action: resume(session, otherwise: .skip), given: given)
        case .unknown:
            findings.warn(
                "prompt-unknown",
                "cannot tell whether \(session.id) has been given this prompt; not giving it"
            )
            return PromptDecision(action: resume(session, otherwise: .skip), given: given)
        case .other, .never: break
        }
        switch onNewPrompt {
        case .send:
            warnIfRepeated(task, &findings)
            return PromptDecision(action: .send, given: given)
        case .fresh: return PromptDecision(action: .send, given: given, wantsFresh: true)
        case .skip:
            findings.warn(
                "prompt-not-sent",
                "the resumed conversation has not been given this prompt; use --on-new-prompt send to give it"
            )
            return PromptDecision(action: resume(session, otherwise: .skip), given: given)
        case .refuse:
            findings.warn(
                "prompt-refused",
                "the conversation has not been given this prompt, and --on-new-prompt is refuse"
            )
            return PromptDecision(action: resume(session, otherwise: .skip), given: given, isRefused: true)
        }
    }

    /// It was given, and the agent ended before the answer, with which it would have stored it.
    private func warnIfRepeated(_ task: TaskText, _ findings: inout Findings) {
        guard storesPromptWithAnswer, record?.holds(task.sha256) != nil else { return }
        findings.warn(
            "prompt-repeated",
            "this prompt was given before, but the agent kept no trace of it; giving it again"
        )
    }

    private func resume(_ session: Session, otherwise: PromptDecision.Action) -> PromptDecision.Action {
        let wanted = hasResumePrompt && (resumeWhen == .always || session.interrupted == true)
        return wanted ? .resumePrompt : otherwise
    }

    private func wasGiven(_ task: TaskText, _ session: Session) -> PromptDecision.Given {
        let remembered = record.flatMap { $0.isAbout(session) ? $0.holds(task.sha256) : nil }
        if remembered?.state == .delivered || session.firstMessage == .isTask { return .this }
        // Given but never seen in the store, about to be given, or a reason to refuse: only the whole conversation
        // can tell.
        if remembered != nil || onNewPrompt != .skip || session.firstMessage == .unknown {
            switch store.contains(task, in: session) {
            case true?: return .this
            case nil: return .unknown
            case false?:
                if let remembered, !storesPromptWithAnswer, !hasNeverArrived(remembered, session) {
                    return .unknown
                }
            }
        }
        return session.firstMessage == .none && record?.prompts.isEmpty ?? true ? .never : .other
    }

    /// The agent was ended before it took the prompt it was started with: nothing has happened in the conversation
    /// since. A second in which both fall tells nothing, as some stores know no less. A message that was typed may
    /// have been refused by the agent, and would be again.
    private func hasNeverArrived(_ prompt: Record.Prompt, _ session: Session) -> Bool {
        guard prompt.how != PromptRoute.message.name, let latest = session.updatedAt else {
            return false
        }
        return latest.milliseconds / 1000 < prompt.at.milliseconds / 1000
    }
}
