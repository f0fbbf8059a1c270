import Glibc

/// The prompt of a direct start that is typed into the agent's terminal: says in the record when it is given, and
/// warns when it does not arrive. It is never typed twice.
final class TypedPrompt: LaunchObserver, TerminalWatcher {
    private let text: Bytes
    private var typing: PromptTyping
    private let agent: Agent
    private let isTask: Bool
    /// Nil where no record is kept.
    private let record: ConversationWatcher?
    private let warn: (Warning) -> Void
    /// When a store should show it.
    private var arrivalDue: Int64?
    private var wasTyped = false
    private var hasArrived = false
    private var hasEnded = false
    /// A person is told to type it, and has not sent anything yet.
    private var hasGivenUp = false
    /// Why the start has failed.
    private(set) var failure: LaunchError?

    /// So long a store may take to show a prompt that it shows before the answer.
    static let patience: Int64 = 30_000

    /// Nil if this start's prompt goes another way.
    init?(
        _ plan: LaunchPlan,
        _ record: ConversationWatcher?,
        now: Int64 = monotonicMilliseconds(),
        warn: @escaping (Warning) -> Void
    ) {
        guard plan.prompt.route == .typed, let text = plan.prompt.text,
            let readiness = plan.agent.inputReadiness
        else { return nil }
        self.text = text
        typing = PromptTyping(readiness, now: now)
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
        if isStopping || (hasArrived && !wasTyped) { typing.cancel() }
        switch step(relay, now: now) {
        case .none: if hasGivenUp, typing.personHasSent { leaveToPerson() }
        case .paste:
            begins()
            relay.type(text)
            // It may be written already, and then nothing else would wake the loop.
            _ = step(relay, now: now)
        case .enter:
            relay.pressEnter()
            pressedEnter()
        case .giveUp:
            gaveUp(onTerminal: onTerminal)
            return onTerminal
        }
        return true
    }

    private func step(_ relay: Relay, now: Int64) -> PromptTyping.Step {
        hasEnded
            ? .none
            : typing.next(now: now, isRaw: { relay.agentIsRaw }, isWritten: relay.isWritten)
    }

    /// Just before the first byte of it is on its way.
    private func begins() {
        faultPoint("typed.before")
        wasTyped = true
        if isTask { record?.recordSending(at: .now(), how: .typed) }
    }

    /// Enter is on its way.
    private func pressedEnter() {
        faultPoint("typed.after")
        let isShown = isTask && agent.newThread.isEmpty && !agent.storesPromptWithAnswer
        arrivalDue = isShown ? monotonicMilliseconds() + Self.patience : nil
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
    private func leaveToPerson() {
        hasGivenUp = false
        if isTask { record?.promptIsLeftToPerson() }
    }

    private func arrived() {
        hasArrived = true
        arrivalDue = nil
    }

    // MARK: What passes

    /// From the paste to Enter a person's keys have to wait.
    var holdsKeys: Bool { typing.holdsKeys }

    func sawOutput(_ piece: UnsafeRawBufferPointer) { typing.sawOutput(piece, now: monotonicMilliseconds()) }
    func sawKeys(_ piece: UnsafeRawBufferPointer) { typing.sawKeys(piece) }

    // MARK: In the loop

    var deadline: Int64? {
        let step = hasEnded ? nil : typing.deadline(now: monotonicMilliseconds())
        return [arrivalDue, step].compactMap(\.self).min()
    }

    func wake() {
        guard let due = arrivalDue, due <= monotonicMilliseconds() else { return }
        arrivalDue = nil
        warn(
            Warning(
                "prompt-not-delivered",
                "the prompt was typed \(Self.patience / 1000) s ago and \(agent.title) has not stored it; "
                    + "not typing it again now"
            )
        )
    }

    func ended() {
        hasEnded = true
        arrivalDue = nil
        guard !wasTyped, !hasArrived, failure == nil else { return }
        warn(
            Warning(
                "prompt-not-delivered",
                "\(agent.title) exited before its prompt could be typed; the next start gives it"
            )
        )
    }
}
