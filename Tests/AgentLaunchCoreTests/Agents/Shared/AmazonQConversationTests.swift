import Testing

@testable import AgentLaunchCore

@Suite("Amazon Q: what a conversation's value says", .timeLimit(.minutes(1)))
struct AmazonQConversationTests {
    private func turn(
        _ content: String,
        _ answer: String,
        time: String = "2026-04-23T10:00:00.5+00:00"
    ) -> String {
        #"{"user": {"additional_context": "", "env_context": {}, "content": \#(content), "timestamp": "\#(time)"}, "assistant": \#(answer)}"#
    }

    private func value(_ turns: [String], summary: String = "null", transcript: String = "[]") -> String {
        #"{"conversation_id": "c", "history": [\#(turns.joined(separator: ","))], "valid_history_range": [0, 9], "#
            + #""latest_summary": \#(summary), "transcript": \#(transcript), "tools": {}}"#
    }

    private let said = #"{"Prompt": {"prompt": "do the task"}}"#
    private let answer = #"{"Response": {"message_id": null, "content": "Done."}}"#
    private let tool = #"{"ToolUse": {"message_id": "m", "content": "", "tool_uses": []}}"#
    private let results = #"{"ToolUseResults": {"tool_use_results": []}}"#
    private let task = TaskText("do the task")!

    private func read(_ text: String) throws -> AmazonQConversation {
        try AmazonQConversation(Bytes(text.utf8))
    }

    @Test("Turns, their times and whether the last one waits for a tool")
    func reads() throws {
        let late = turn(results, tool, time: "2026-04-23T11:00:00+00:00")
        let found = try read(value([turn(said, answer), late]))
        #expect(found.id == "c" && found.prompts == ["do the task"] && found.messages == 3)
        #expect(found.isInterrupted && !found.isEmpty && !found.isCompacted)
        #expect(found.startedAt == Timestamp("2026-04-23T10:00:00.5Z"))
        #expect(found.updatedAt == Timestamp("2026-04-23T11:00:00Z"))
        #expect(found.firstMessage(task) == .isTask && found.firstMessage(TaskText("other")) == .isOther)
        #expect(try read(value([])).isEmpty)
    }

    @Test("What was said before a summary is looked for in the transcript, and is else not known")
    func compacted() throws {
        let later = [turn(#"{"Prompt": {"prompt": "and then?"}}"#, answer)]
        let summary = #"["It was done.", {}]"#
        let transcript = #"["> first> \nsecond", "Done.", "> and then?"]"#
        let found = try read(value(later, summary: summary, transcript: transcript))
        let first = try #require(TaskText("first\nsecond"))
        #expect(found.isCompacted && found.firstMessage(first) == .isTask && found.contains(first) == true)
        #expect(found.firstMessage(task) == .unknown && found.contains(task) == nil)
        #expect(try read(value(later)).contains(task) == false)
    }

    @Test("A prompt that is too long to be compared is neither the task nor another")
    func tooLong() throws {
        // Without copies of it: other tests measure the memory of this process.
        let frame = value([turn(#"{"Prompt": {"prompt": "|"}}"#, answer)]).split(separator: "|")
        var bytes = Bytes(frame[0].utf8)
        bytes.reserveCapacity(bytes.count + (5 << 20))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "x"), count: (4 << 20) + 1))
        bytes += Bytes(frame[1].utf8)
        let found = try AmazonQConversation(bytes)
        #expect(found.prompts == [nil] && found.firstMessage(task) == .unknown && found.contains(task) == nil)
    }

    @Test(
        "A value that the agent's strict parser does not take is a fault",
        arguments: [
            ("\"Prompt\"", "\"Question\""), ("\"prompt\": \"do the task\"", "\"prompt\": 7"),
            ("\"additional_context\": \"\", ", ""), ("\"env_context\": {}", "\"env_context\": null"),
            ("\"content\": \"Done.\"", "\"content\": null"), ("\"valid_history_range\": [0, 9]", "\"x\": 0"),
            ("[0, 9]", "[0, -9]"), ("[0, 9]", "[0]"), ("\"transcript\": []", "\"transcript\": [1]"),
            ("\"tools\": {}", "\"tools\": []"), ("\"conversation_id\": \"c\"", "\"conversation_id\": 1"),
            ("2026-04-23T10", "yesterday"), ("{\"Response\"", "{\"ToolUse\": {}, \"Response\""),
            ("do the task", "\\ud800"), ("Done.", "Done.\u{1}"), ("\"tools\": {}}", "\"tools\": {}"),
            ("\"tools\": {}}", "\"tools\": {}} {}"), ("\"history\": [", "\"history\": [{}, "),
        ]
    )
    func faults(_ old: String, _ new: String) throws {
        let right = value([turn(said, answer)])
        _ = try read(right)
        let wrong = try right.replacing(#require(right.firstRange(of: old)), with: new)
        #expect(throws: AmazonQConversation.Fault.self) { try read(wrong) }
    }

    @Test("A value that is not text is a fault")
    func noText() {
        #expect(throws: AmazonQConversation.Fault.self) { try AmazonQConversation(nil) }
        #expect(throws: AmazonQConversation.Fault.self) {
            try AmazonQConversation(Bytes(value([]).utf8) + [0xff])
        }
    }

    @Test("127 open brackets are read, 128 are not", arguments: [(126, true), (127, false)])
    func depth(_ brackets: Int, _ isRead: Bool) {
        let deep = String(repeating: "[", count: brackets) + String(repeating: "]", count: brackets)
        let text = String(value([]).dropLast()) + ", \"deep\": \(deep)}"
        #expect(((try? read(text)) != nil) == isRead)
    }
}

extension String {
    fileprivate func replacing(_ range: Range<String.Index>, with new: String) -> String {
        String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
