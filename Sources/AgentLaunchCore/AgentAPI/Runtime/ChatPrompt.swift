extension LaunchPlan {
    /// What is to be seen in agentapi's chat, or to be sent there; nil if this start's prompt goes another way.
    var chatPrompt: ChatWatcher.Prompt? {
        guard server != nil, let text = prompt.text else { return nil }
        switch prompt.route {
        case .message: return .init(text: text, way: .message)
        case .initialPrompt, .stdin: return .init(text: text, way: .atStart)
        case .argument, .file, .typed, nil: return nil
        }
    }
}

/// Joins what agentapi's chat and what the agent's store show of one prompt: who sees it first tells the other, and
/// the store's watcher is the one that writes the record.
struct ChatReport {
    /// Nil where no record is kept.
    let record: ConversationWatcher?
    let diagnostics: Diagnostics

    func watcher(_ plan: LaunchPlan, environment: Environment, onReady: (() -> Void)? = nil) -> ChatWatcher? {
        guard let server = plan.server, plan.chatPrompt != nil || onReady != nil else { return nil }
        let chat = ChatWatcher(
            LoopbackAddress(port: server.port, environment: plan.environment.applied(to: environment)),
            prompt: plan.chatPrompt,
            onReady: onReady,
            onSending: { record?.recordSending(at: .now(), how: .message) },
            onEvent: { take($0, isMessage: plan.prompt.route == .message) }
        )
        record?.onPrompt = { [weak chat] in chat?.promptArrived() }
        return chat
    }

    private func take(_ event: ChatDelivery.Event, isMessage: Bool) {
        switch event {
        case .arrived:
            record?.promptArrivedInChat()
            diagnostics.detail("the prompt is in agentapi's chat")
        case .heldBack: record?.promptWasNotSent()
        case .notDelivered(let why):
            if isMessage { record?.promptWasNotSent() }
            let consequence = isMessage ? "the next start" : "unless it still arrives, the next start"
            diagnostics.warn(
                Warning(
                    "prompt-not-delivered",
                    "the prompt is not in agentapi's chat: \(why); \(consequence) gives it again"
                )
            )
        case .notConfirmed(let why):
            diagnostics.warn(
                Warning(
                    "prompt-not-confirmed",
                    "cannot tell whether the prompt reached the agent: \(why); not sending it again now"
                )
            )
        }
    }
}
