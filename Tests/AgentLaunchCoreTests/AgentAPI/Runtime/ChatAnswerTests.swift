import Testing

@testable import AgentLaunchCore

@Suite("What agentapi's answers mean", .timeLimit(.minutes(1)))
struct ChatAnswerTests {
    private func answer(
        _ body: String,
        _ status: Int = 200,
        to request: ChatRequest,
        about text: String = "task"
    ) -> ChatAnswer {
        ChatAnswer(HTTPResponse(status: status, body: Bytes(body.utf8)), to: request, about: Bytes(text.utf8))
    }

    @Test("Only the status stable counts as stable")
    func status() {
        #expect(answer(#"{"status":"stable","agent_type":"goose"}"#, to: .status) == .status(isStable: true))
        #expect(answer(#"{"status":"running"}"#, to: .status) == .status(isStable: false))
        for odd in ["", "[]", "{}", #"{"status":1}"#, "stable"] {
            guard case .failed = answer(odd, to: .status) else {
                Issue.record("taken: \(odd)")
                continue
            }
        }
    }

    @Test("Equal messages of the user are counted, and nobody else's or others")
    func equal() {
        let messages: [(role: String, text: String)] = [
            (role: "agent", text: "task"), ("user", "task"), ("user", " \\n task\\t"), ("user", "Task"),
            ("user", "task"),
            ("user", "task task"), ("user", "tas"),
        ]
        let list = messages.enumerated().map {
            #"{"id":\#($0),"content":"\#($1.text)","role":"\#($1.role)","time":"2026-11-21T07:0\#($0):00.5+02:00"}"#
        }
        let body = #"{"$schema":"x","messages":[\#(list.joined(separator: ","))]}"#
        let expected = EqualMessages(count: 2, latest: Timestamp("2026-11-21T05:04:00.500Z"))
        #expect(answer(body, to: .messages, about: "\t task \r\n") == .messages(expected))
        #expect(answer(#"{"messages":[]}"#, to: .messages) == .messages(EqualMessages()))
    }

    @Test("Equal means byte for byte: another form of the same letter is another text")
    func canonicalEquivalence() {
        let body = #"{"messages":[{"role":"user","content":"cafe\u0301"}]}"#
        #expect(answer(body, to: .messages, about: "caf\u{e9}") == .messages(EqualMessages()))
        #expect(answer(body, to: .messages, about: "cafe\u{301}") == .messages(EqualMessages(count: 1)))
    }

    @Test("Escapes and surrogates are the characters they stand for, in a text of 1 MiB too")
    func escapes() {
        let unit = #"\ud83d\ude80\u003c\u0026\"\\\n\u2028"#
        let times = 1 << 17
        let content = String(repeating: unit, count: times) + "."
        let other = String(repeating: "x", count: 5 << 20)
        let body =
            #"{"messages":[{"role":"agent","content":"\#(other)"},{"content":"\#(content)","role":"user"}]}"#
        let text = String(repeating: "🚀<&\"\\\n\u{2028}", count: times) + "."
        #expect(answer(body, to: .messages, about: text) == .messages(EqualMessages(count: 1)))
    }

    @Test("Only the refusal of a busy agent and a bad request prove that nothing was typed")
    func refusals() {
        let detail =
            "failed to send message: message can only be sent when the agent is waiting for user input"
        #expect(answer(#"{"status":500,"detail":"\#(detail)"}"#, 500, to: .send) == .busy)
        #expect(answer("", 413, to: .send) == .refused("agentapi answered 413"))
        #expect(
            answer(#"{"detail":"failed to wait for screen"}"#, 500, to: .send)
                == .failed("agentapi answered 500")
        )
        #expect(answer(#"{"ok":true}"#, to: .send) == .sent)
        #expect(answer(detail, 500, to: .status) == .failed("agentapi answered 500"))
    }

    @Test("A text is only sent for certain if the server had the whole request")
    func failures() {
        guard case .notAsked = ChatAnswer(HTTPFailure.refused, wasSent: true),
            case .notAsked = ChatAnswer(HTTPFailure.broken(Errno(code: 104)), wasSent: false),
            case .failed = ChatAnswer(HTTPFailure.torn, wasSent: true)
        else {
            Issue.record("wrong")
            return
        }
    }
}
