import Glibc

/// Asks agentapi while the launch goes on: whether it is ready, and whether the prompt is in its conversation, which
/// it sends itself where agentapi was not given it. When nothing is awaited any more, it asks nothing.
final class ChatWatcher: LaunchObserver {
    struct Prompt: Equatable, Sendable {
        var text: Bytes
        var way: ChatDelivery.Way
    }

    private let address: LoopbackAddress
    /// Nil once it is known to have arrived.
    private var prompt: Prompt?
    private var onReady: (() -> Void)?
    /// Just before the prompt is sent, each time.
    private let onSending: () -> Void
    private let onEvent: (ChatDelivery.Event) -> Void
    private var readiness = Readiness()
    private(set) var lastAnswer: ChatAnswer?
    private var delivery: ChatDelivery?
    private var exchange: (HTTPExchange, about: ChatRequest)?
    private var startedAt: Int64 = 0
    /// When readiness is asked for next; nil before the start and after the end.
    private var readinessDue: Int64?

    init(
        _ address: LoopbackAddress,
        prompt: Prompt?,
        onReady: (() -> Void)? = nil,
        onSending: @escaping () -> Void = {},
        onEvent: @escaping (ChatDelivery.Event) -> Void
    ) {
        self.address = address
        self.prompt = prompt
        self.onReady = onReady
        self.onSending = onSending
        self.onEvent = onEvent
    }

    /// The prompt was seen in the agent's own store.
    func promptArrived() {
        prompt = nil
        delivery?.finish()
    }

    // MARK: LaunchObserver

    var interests: [pollfd] { exchange?.0.interest.map { [$0] } ?? [] }

    var deadline: Int64? { exchange == nil ? next?.due : nil }

    func started(pid: Int32) {
        startedAt = monotonicMilliseconds()
        readinessDue = startedAt
    }

    func wake() {
        if exchange != nil, !takeAnswer() { return }
        while let question = next, question.due <= monotonicMilliseconds() {
            ask(question.request)
            // A port that nobody listens on says so at once.
            guard takeAnswer() else { return }
        }
    }

    /// agentapi answers others while it ends; what it is asked now could keep it from that.
    func stopping() { end() }

    func ended() { end() }

    // MARK: Questions and answers

    private var next: (request: ChatRequest, due: Int64)? {
        if readiness.isReady { return delivery?.next }
        guard prompt != nil || onReady != nil, let due = readinessDue else { return nil }
        return (.status, due)
    }

    private func ask(_ request: ChatRequest) {
        delivery?.asked(at: .now())
        if request == .send {
            faultPoint("post.before")
            onSending()
        }
        exchange = (HTTPExchange(request.http(sending: prompt?.text ?? []), to: address), request)
    }

    /// False while it is still to come.
    private func takeAnswer() -> Bool {
        guard let (exchange, request) = exchange else { return true }
        let answer: ChatAnswer
        switch exchange.advance() {
        case .waiting: return false
        case .answered(let http): answer = ChatAnswer(http, to: request, about: prompt?.text ?? [])
        case .failed(let failure): answer = ChatAnswer(failure, wasSent: exchange.wasSent)
        }
        self.exchange = nil
        if request == .send { faultPoint("post.after") }
        take(answer)
        return true
    }

    private func take(_ answer: ChatAnswer) {
        lastAnswer = answer
        let now = monotonicMilliseconds()
        if let event = delivery?.took(answer, now: now) {
            if event == .arrived { prompt = nil }
            onEvent(event)
        }
        guard !readiness.isReady else { return }
        // A server that does not come up at once is not asked ten times a second for ever.
        readinessDue = now + max(Readiness.pause, min((now - startedAt) / 100, 1000))
        guard readiness.took(answer) else { return }
        delivery = prompt.map { ChatDelivery($0.way, now: now) }
        onReady?()
        onReady = nil
    }

    private func end() {
        exchange?.0.end()
        exchange = nil
        readinessDue = nil
        delivery?.finish()
    }
}
