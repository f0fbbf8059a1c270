/// What agentapi is asked about its conversation.
enum ChatRequest: Equatable, Sendable {
    case status, messages, send

    /// What agentapi reads of a request's body.
    static let longestBody = (1 << 20) - 1

    /// Whether the text can be sent: quotes and control characters are longer in a request.
    static func canSend(_ text: Bytes) -> Bool {
        text.count < longestBody && Self.send.http(sending: text).body?.count ?? 0 <= longestBody
    }

    func http(sending text: Bytes = []) -> HTTPRequest {
        switch self {
        case .status: .get("/status")
        case .messages: .get("/messages")
        case .send: .post("/message", ["content": .string(bytes: text), "type": "user"])
        }
    }
}

/// What came of it.
enum ChatAnswer: Equatable, Sendable {
    case status(isStable: Bool)
    /// How many messages of the user say the text, and when the latest was said.
    case messages(EqualMessages)
    /// The text was typed, and the agent has reacted.
    case sent
    /// The agent was at work or not ready: nothing was typed.
    case busy
    /// The request is one that agentapi will not take, so nothing was typed.
    case refused(String)
    /// The server never had the whole request.
    case notAsked(String)
    /// Anything else: of a text that was to be sent nobody knows what became of it.
    case failed(String)
}

struct EqualMessages: Equatable, Sendable {
    var count = 0
    var latest: Timestamp?
}

extension ChatAnswer {
    init(_ answer: HTTPResponse, to request: ChatRequest, about text: Bytes = []) {
        guard answer.status == 200 else {
            self = Self.refusal(answer, request)
            return
        }
        switch request {
        case .send: self = .sent
        case .status:
            guard let status = JSONRecord.of(answer.body, ["status"]).value?["status"]?.text else {
                self = .failed("unexpected status from agentapi")
                return
            }
            self = .status(isStable: status == "stable")
        case .messages:
            guard let equal = EqualMessages(answer.body, text) else {
                self = .failed("unexpected messages from agentapi")
                return
            }
            self = .messages(equal)
        }
    }

    init(_ failure: HTTPFailure, wasSent: Bool) {
        let why =
            switch failure {
            case .refused: "nothing listens on agentapi's port"
            case .broken(let error): "the connection to agentapi failed: \(error)"
            case .torn: "agentapi closed the connection without an answer"
            case .malformed: "agentapi's answer was not HTTP"
            case .tooLarge: "agentapi's answer was over \(HTTPExchange.answerLimit >> 20) MiB"
            }
        self = wasSent && failure != .refused ? .failed(why) : .notAsked(why)
    }

    private static func refusal(_ answer: HTTPResponse, _ request: ChatRequest) -> ChatAnswer {
        let body = Bytes(answer.body.prefix(4096)).lossyText
        if request == .send, answer.status == 500, body.contains("can only be sent when the agent is waiting")
        {
            return .busy
        }
        // The text that was sent is not in these answers; the names of hosts and limits are.
        let why = "agentapi answered \(answer.status)"
        return 400..<500 ~= answer.status ? .refused(why) : .failed(why)
    }
}

extension EqualMessages {
    /// Nil if it is no list of messages. A message is the text as agentapi types it: without white space at its
    /// ends, as its own code has it.
    fileprivate init?(_ answer: Bytes, _ text: Bytes) {
        let text = typed(text)
        let limits = JSONLimits(string: max(text.count, 64), total: .max / 2)
        let fields: JSONFields = ["messages.role", "messages.content", "messages.time"]
        guard let messages = JSONRecord.of(answer, fields, limits).value?["messages"]?.elements else {
            return nil
        }
        for message in messages {
            guard message["role"]?.text == "user", let content = message["content"]?.text,
                content.utf8.elementsEqual(text)
            else { continue }
            count += 1
            let time = message["time"]?.text.flatMap { Timestamp($0) }
            latest = [latest, time].compactMap(\.self).max()
        }
    }
}

private func typed(_ text: Bytes) -> ArraySlice<UInt8> {
    let isSpace = { (byte: UInt8) in byte == 0x20 || 0x09...0x0d ~= byte }
    let front = text.drop(while: isSpace)
    return front[..<(front.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? front.startIndex)]
}
