import Glibc

/// The prompt of a direct start that is typed into the agent's terminal: says in the record when it is given, and
/// warns when it does not arrive. It is never typed twice.
final class TypedPrompt: LaunchObserver {
    private let text: Bytes
    let readiness: InputReadiness
    private let agent: Agent
    private let isTask: Bool
    /// Nil where no record is kept.
    private let record: ConversationWatcher?
    private let warn: (Warning) -> Void
    private(set) var deadline: Int64?
    private var wasTyped = false
    private var hasArrived = false
    /// A person is told to type it, and has not sent anything yet.
    private var hasGivenUp = false
    /// Why the start has failed.
    private(set) var failure: LaunchError?

    /// So long a store may take to show a prompt that it shows before the answer.
    static let patience: Int64 = 30_000

    /// Nil if this start's prompt goes another way.
    init?(_ plan: LaunchPlan, _ record: ConversationWatcher?, warn: @escaping (Warning) -> Void) {
        guard plan.prompt.route == .typed, let text = plan.prompt.text,
            let readiness = plan.agent.inputReadiness
        else { return nil }
        self.text = text
        self.readiness = readiness
        agent = plan.agent
        isTask = plan.prompt.action == .send
        self.record = record
        self.warn = warn
        record?.onPrompt = { [weak self] in self?.arrived() }
    }

    /// Takes the next step where it is time for one. False where the agent was not ready in time and nobody is at a
    /// terminal: such an agent is of no use without its prompt.
    func type(into relay: inout Relay, now: Int64, isStopping: Bool, onTerminal: Bool) -> Bool {
        // Where it has arrived a person has typed it.
        if isStopping || (hasArrived && !wasTyped) { relay.cancelTyping() }
        switch relay.typingStep(now: now) {
        case .none: if hasGivenUp, relay.personHasSent { isLeftToPerson() }
        case .paste:
            begins()
            relay.type(text)
            // It may be written already, and then nothing else would wake the loop.
            _ = relay.typingStep(now: now)
        case .enter:
            relay.pressEnter()
            isTyped()
        case .giveUp:
            gaveUp(onTerminal: onTerminal)
            return onTerminal
        }
        return true
    }

    /// Just before the first byte of it is on its way.
    private func begins() {
        faultPoint("typed.before")
        wasTyped = true
        if isTask { record?.promptIsSent(at: .now(), how: .typed) }
    }

    /// Enter is on its way.
    private func isTyped() {
        faultPoint("typed.after")
        let isShown = isTask && agent.newThread.isEmpty && !agent.storesPromptWithAnswer
        deadline = isShown ? monotonicMilliseconds() + Self.patience : nil
    }

    private func gaveUp(onTerminal: Bool) {
        let why = "\(agent.title) was not ready for its prompt in \(PromptTyping.patience / 1000) s"
        guard onTerminal else {
            failure = LaunchError(
                .unavailable,
                agent.name,
                why,
                "look for a question in its output; the prompt was not given, and the next start gives it"
            )
            return
        }
        hasGivenUp = true
        warn(
            Warning(
                "prompt-not-delivered",
                "\(why): not given; type it yourself, or the next start gives it"
            )
        )
    }

    /// A store would show whether what they sent was the prompt. Where none does, it may have been, and the next start
    /// must not give it again.
    private func isLeftToPerson() {
        hasGivenUp = false
        if isTask { record?.promptIsLeftToPerson() }
    }

    private func arrived() {
        hasArrived = true
        deadline = nil
    }

    // MARK: In the loop

    var interests: [pollfd] { [] }
    func started(pid: Int32) {}

    func wake() {
        guard let due = deadline, due <= monotonicMilliseconds() else { return }
        deadline = nil
        warn(
            Warning(
                "prompt-not-delivered",
                "the prompt was typed \(Self.patience / 1000) s ago and \(agent.title) has not stored it; "
                    + "not typing it again now"
            )
        )
    }

    func ended() {
        deadline = nil
        guard !wasTyped, !hasArrived, failure == nil else { return }
        warn(
            Warning(
                "prompt-not-delivered",
                "\(agent.title) exited before its prompt could be typed; the next start gives it"
            )
        )
    }
}
