/// What has to be asked so that a prompt arrives in agentapi's conversation once, and is known to have arrived.
/// Only decides; its times are monotonic milliseconds.
struct ChatDelivery {
    enum Way: Equatable, Sendable {
        /// agentapi was given it at its start, and types it when the agent is ready for it.
        case atStart
        /// It is sent to a conversation that goes on.
        case message
    }

    enum Event: Equatable, Sendable {
        case arrived
        /// What was to be sent was not taken yet; it is tried again.
        case heldBack
        /// It is not in the conversation, and nothing is known that would bring it there.
        case notDelivered(String)
        /// Whether it arrived is not known, and it is not sent again.
        case notConfirmed(String)
    }

    private enum State: Equatable {
        /// Until the conversation has it.
        case watching
        /// Until the agent waits for input.
        case untilStable
        /// How often the conversation has it already: a chat that was loaded may.
        case counting
        case sending(before: Int)
        /// Until there is one more. After a failure one that came with a chat loaded late does not count: it was
        /// said before `since`.
        case confirming(before: Int, since: Timestamp?, why: String, looks: Int)
        case done
    }

    /// An agent that waits for input so long without the prompt is not going to get it: agentapi tries once, and
    /// marks it as sent whatever came of it.
    static let droppedAfter: Int64 = 60_000
    /// Between two looks at first; later a tenth of the time that has passed.
    private static let shortest: Int64 = 500
    private static let longest: Int64 = 10_000
    private static let afterWarning: Int64 = 60_000
    private static let confirmation: Int64 = 1000
    private static let mostFailures = 10

    /// What is asked next, and when; nil: nothing, or its answer is still to come.
    private(set) var next: (request: ChatRequest, due: Int64)?
    private var state: State
    private let startedAt: Int64
    private var sentAt: Timestamp?
    private var stableSince: Int64?
    private var failures = 0
    private var hasWarned = false

    init(_ way: Way, now: Int64) {
        startedAt = now
        state = way == .atStart ? .watching : .untilStable
        next = (way == .atStart ? .messages : .status, now)
    }

    var isDone: Bool { state == .done }

    /// The next question is on its way.
    mutating func asked(at time: Timestamp) {
        if case .sending = state { sentAt = time }
        next = nil
    }

    /// The prompt was seen elsewhere.
    mutating func finish() {
        state = .done
        next = nil
    }

    mutating func took(_ answer: ChatAnswer, now: Int64) -> Event? {
        switch (state, answer) {
        case (.done, _): return nil
        case (.watching, .messages(let equal)):
            if equal.count > 0 { return end(.arrived) }
            next = (.status, now)
        case (.watching, .status(let isStable)):
            stableSince = isStable ? stableSince ?? now : nil
            next = (.messages, now + pause(now))
            if let since = stableSince, now - since >= Self.droppedAfter {
                return warn(.notDelivered("the agent is waiting for input and never received it"))
            }
        case (.untilStable, .status(let isStable)):
            if isStable { state = .counting }
            next = isStable ? (.messages, now) : (.status, now + pause(now))
        case (.counting, .messages(let equal)):
            state = .sending(before: equal.count)
            next = (.send, now)
        case (.sending, .busy), (.sending, .notAsked):
            state = .untilStable
            next = (.status, now + pause(now))
            return .heldBack
        case (.sending, .refused(let why)): return end(.notDelivered(why))
        case (.sending(let before), .sent):
            confirm(before: before, since: nil, why: "agentapi accepted it but does not show it", now)
        case (.sending(let before), .failed(let why)): confirm(before: before, since: sentAt, why: why, now)
        case (.confirming(let before, let since, let why, let looks), .messages(let equal)):
            // Both clocks are this machine's; a second is for one that is being set.
            let isNew = since.map { (equal.latest?.milliseconds ?? .min) >= $0.milliseconds - 1000 } ?? true
            if equal.count > before, isNew { return end(.arrived) }
            if looks == 1 { return end(.notConfirmed(why)) }
            state = .confirming(before: before, since: since, why: why, looks: looks - 1)
            next = (.messages, now + Self.confirmation)
        case (_, .notAsked(let why)), (_, .refused(let why)), (_, .failed(let why)): return failed(why, now)
        default: return failed("unexpected answer from agentapi", now)
        }
        if case .messages = answer { failures = 0 }
        return nil
    }

    private mutating func confirm(before: Int, since: Timestamp?, why: String, _ now: Int64) {
        state = .confirming(before: before, since: since, why: why, looks: 3)
        next = (.messages, now)
    }

    /// A question without an answer is asked again; nothing was lost with it.
    private mutating func failed(_ why: String, _ now: Int64) -> Event? {
        if state == .counting { state = .untilStable }
        next = (state == .untilStable ? .status : .messages, now + pause(now))
        failures += 1
        return failures == Self.mostFailures ? warn(.notConfirmed(why)) : nil
    }

    private mutating func warn(_ event: Event) -> Event? {
        defer { hasWarned = true }
        return hasWarned ? nil : event
    }

    private mutating func end(_ event: Event) -> Event {
        finish()
        return event
    }

    private func pause(_ now: Int64) -> Int64 {
        // What was warned of is still looked for now and then: somebody may close the dialog that was in the way.
        hasWarned ? Self.afterWarning : max(Self.shortest, min((now - startedAt) / 10, Self.longest))
    }
}
