import Testing

@testable import AgentLaunchCore

@Suite("Delivery of a prompt by agentapi", .timeLimit(.minutes(1)))
struct ChatDeliveryTests {
    /// A conversation on a clock of its own: each answer comes at the moment that the question is due.
    private struct Course {
        var delivery: ChatDelivery
        var now: Int64 = 0
        let time = Timestamp("2026-11-21T12:00:00Z")!
        private(set) var asked: [ChatRequest] = []

        init(_ way: ChatDelivery.Way) { delivery = ChatDelivery(way, now: 0) }

        mutating func answer(_ answer: ChatAnswer) -> ChatDelivery.Event? {
            guard let next = delivery.next else {
                Issue.record("nothing was asked")
                return nil
            }
            now = max(now, next.due)
            asked.append(next.request)
            delivery.asked(at: time)
            return delivery.took(answer, now: now)
        }

        /// Up to the sending.
        mutating func send(before: Int) {
            #expect(answer(.status(isStable: true)) == nil)
            #expect(answer(.messages(EqualMessages(count: before))) == nil)
        }

        var sendings: Int { asked.count { $0 == .send } }
    }

    private let stable = ChatAnswer.status(isStable: true)
    private let running = ChatAnswer.status(isStable: false)
    private func equal(_ count: Int, _ time: String? = nil) -> ChatAnswer {
        .messages(EqualMessages(count: count, latest: time.flatMap { Timestamp($0) }))
    }

    // MARK: Given at the start

    @Test(
        "A prompt given at the start has arrived once the conversation has it, and nothing is asked after that"
    )
    func atStart() {
        var course = Course(.atStart)
        for _ in 0..<5 {
            #expect(course.answer(equal(0)) == nil)
            #expect(course.answer(stable) == nil)
        }
        #expect(course.answer(equal(1)) == .arrived)
        #expect(course.delivery.isDone)
        #expect(course.delivery.next == nil)
        #expect(course.sendings == 0)
    }

    @Test("An agent waiting a minute without the prompt is reported once, and the prompt is still awaited")
    func dropped() {
        var course = Course(.atStart)
        var event: ChatDelivery.Event?
        while event == nil, course.now < 1_000_000 {
            #expect(course.answer(equal(0)) == nil)
            event = course.answer(stable)
        }
        guard case .notDelivered = event else {
            Issue.record("\(String(describing: event))")
            return
        }
        #expect(course.now >= ChatDelivery.droppedAfter)
        #expect(course.now < ChatDelivery.droppedAfter + 11_000)
        for _ in 0..<100 {
            #expect(course.answer(equal(0)) == nil)
            #expect(course.answer(stable) == nil)
        }
        #expect(course.answer(equal(1)) == .arrived)
    }

    @Test(
        "An agent that works, or stands at a dialog, is waited for without a limit, and asked ever more rarely"
    )
    func neverStable() {
        var course = Course(.atStart)
        for _ in 0..<500 {
            #expect(course.answer(equal(0)) == nil)
            #expect(course.answer(running) == nil)
        }
        _ = course.answer(equal(0))
        let before = course.now
        _ = course.answer(running)
        _ = course.answer(equal(0))
        #expect(course.now == before + 10_000)
    }

    @Test("The minute begins anew when the agent works in between")
    func interruptedWait() {
        var course = Course(.atStart)
        while course.now < ChatDelivery.droppedAfter * 3 {
            _ = course.answer(equal(0))
            #expect(course.answer(course.now / 15_000 % 2 == 0 ? stable : running) == nil)
        }
    }

    // MARK: Sent

    @Test("A message is sent once the agent waits, and has arrived when there is one more of it")
    func sent() {
        var course = Course(.message)
        #expect(course.answer(running) == nil)
        #expect(course.answer(running) == nil)
        course.send(before: 2)
        #expect(course.answer(.sent) == nil)
        #expect(course.answer(equal(3, "2000-01-01T00:00:00Z")) == .arrived)
        #expect(course.asked == [.status, .status, .status, .messages, .send, .messages])
        #expect(course.delivery.next == nil)
    }

    @Test("A busy agent is sent it again when it waits, and the messages are counted again")
    func busy() {
        var course = Course(.message)
        course.send(before: 0)
        #expect(course.answer(.busy) == .heldBack)
        let before = course.now
        #expect(course.answer(running) == nil)
        #expect(course.now > before)
        course.send(before: 1)
        #expect(course.answer(.sent) == nil)
        #expect(course.answer(equal(1)) == nil)
        #expect(course.answer(equal(2)) == .arrived)
        #expect(course.sendings == 2)
    }

    @Test("A request that never reached the server is sent again")
    func notAsked() {
        var course = Course(.message)
        course.send(before: 0)
        #expect(course.answer(.notAsked("refused")) == .heldBack)
        course.send(before: 0)
        #expect(course.answer(.sent) == nil)
        #expect(course.sendings == 2)
    }

    @Test("A request that the server refuses is reported and not repeated")
    func refused() {
        var course = Course(.message)
        course.send(before: 0)
        #expect(course.answer(.refused("413")) == .notDelivered("413"))
        #expect(course.delivery.next == nil)
    }

    @Test(
        "A failed request is never repeated: a new message confirms it, otherwise it is unconfirmed"
    )
    func ambiguous() {
        var course = Course(.message)
        course.send(before: 0)
        #expect(course.answer(.failed("500")) == nil)
        #expect(course.answer(equal(0)) == nil)
        #expect(course.answer(equal(1, "2026-11-21T12:00:00.1Z")) == .arrived)

        var other = Course(.message)
        other.send(before: 0)
        #expect(other.answer(.failed("500")) == nil)
        #expect(other.answer(equal(0)) == nil)
        #expect(other.answer(.notAsked("refused")) == nil)
        #expect(other.answer(equal(0)) == nil)
        #expect(other.answer(equal(0)) == .notConfirmed("500"))
        #expect(other.delivery.next == nil)
        #expect(other.sendings == 1)
    }

    @Test("After a failure, an equal message of a chat that was loaded late is not the new one")
    func loadedLate() {
        var course = Course(.message)
        course.send(before: 0)
        #expect(course.answer(.failed("500")) == nil)
        #expect(course.answer(equal(1, "2026-11-21T11:59:00Z")) == nil)
        #expect(course.answer(equal(1)) == nil)
        #expect(course.answer(equal(1, "2026-11-21T11:59:00Z")) == .notConfirmed("500"))
    }

    @Test("Unreadable messages delay sending and are reported once")
    func uncountable() {
        var course = Course(.message)
        var events: [ChatDelivery.Event] = []
        for _ in 0..<30 {
            _ = course.answer(stable)
            if let event = course.answer(.failed("too large")) { events.append(event) }
        }
        #expect(course.sendings == 0)
        #expect(events == [.notConfirmed("too large")])
    }

    @Test("Once the prompt is seen elsewhere, polling ends and late answers are ignored")
    func seenElsewhere() {
        var course = Course(.message)
        course.send(before: 0)
        course.delivery.asked(at: course.time)
        course.delivery.finish()
        #expect(course.delivery.next == nil)
        #expect(course.delivery.took(.failed("500"), now: course.now) == nil)
        #expect(course.delivery.next == nil)
    }
}
