import Testing

@testable import AgentLaunchCore

@Suite("Kiro: journals of its second engine", .timeLimit(.minutes(1)))
struct KiroJournalTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func journal(_ lines: String...) throws -> KiroJournal? {
        try KiroJournal(scratch.write("x.jsonl", lines.map { $0 + "\n" }.joined()))
    }

    private func line(_ kind: String, _ text: String = "x", block: String = "text") -> String {
        #"{"version": "v1", "kind": "\#(kind)", "data": {"message_id": "m", "content": [{"kind": "\#(block)", "data": "\#(text)"}]}}"#
    }

    private func back(_ target: Int) -> String {
        #"{"version": "v1", "kind": "ResetTo", "data": {"target_index": \#(target)}}"#
    }

    private let clear = #"{"version": "v1", "kind": "Clear"}"#
    private let cancelled = #"{"version": "v1", "kind": "CancelledPrompt"}"#

    @Test("Messages are those that are left when the journal is replayed")
    func replays() throws {
        let (prompt, answer, results) = (line("Prompt"), line("AssistantMessage"), line("ToolResults"))
        #expect(try journal(prompt, answer, results, answer)?.messages == 3)
        #expect(try journal(prompt, cancelled)?.messages == 0)
        #expect(try journal(prompt, answer, cancelled)?.messages == 2)
        #expect(try journal(prompt, answer, clear, prompt)?.messages == 1)
        #expect(try journal(prompt, answer, prompt, answer, back(2))?.messages == 2)
        #expect(try journal(prompt, answer, clear, back(2))?.messages == 2)
        #expect(try journal(prompt, back(0), back(1))?.messages == 1)
        #expect(try journal()?.messages == 0)
        #expect(try KiroJournal("/not/there") == nil)
    }

    @Test("A return to what comes later cannot be replayed", arguments: [2, 3, 99, Int.max])
    func returnsAhead(_ target: Int) {
        #expect(throws: StoreFailure.self) { try journal(line("Prompt"), back(target)) }
    }

    @Test("A line that Kiro skips is no message, and none but such lines is a doubt")
    func skips() throws {
        let odd = [
            "garbage", "{}", "[]", line("Later"), line("Prompt").replacing("v1", "v2"),
            line("Prompt", "\\ud83d"),
            line("Prompt").replacing("\"message_id\": \"m\", ", ""), line("Prompt") + "{}",
        ]
        for line in odd {
            #expect(try journal(line, self.line("Prompt", "hello"))?.prompts == ["hello"], "\(line)")
            #expect(throws: StoreFailure.self, "\(line)") { try journal(line) }
        }
        let torn = try scratch.write("torn.jsonl", line("Prompt", "hello") + "\n{\"version\"")
        #expect(try KiroJournal(torn)?.messages == 1)
        #expect(try KiroJournal(scratch.write("first.jsonl", "{\"version\""))?.messages == 0)
    }

    @Test("One byte that is no text ends Kiro's reading")
    func notText() throws {
        let file = try scratch.write("x.jsonl", Bytes(line("Prompt").utf8) + [0x0a, 0xff, 0x0a])
        #expect(throws: StoreFailure.self) { try KiroJournal(file) }
    }

    @Test("The first prompt is compared, and what a summary replaced is not known")
    func firstMessage() throws {
        let task = try #require(TaskText("do the task"))
        let given = try #require(try journal(line("Prompt", "Report: do the task"), line("Prompt", "more")))
        #expect(given.firstMessage(task) == .isTask && given.contains(task) == true)
        #expect(given.firstMessage(TaskText("more")) == .isOther)
        #expect(given.contains(try #require(TaskText("more"))) == true)
        #expect(given.contains(try #require(TaskText("else"))) == false)
        let snapshot =
            #"{"version": "v1", "kind": "Compaction", "data": {"messages_snapshot": [{"role": "user", "content": [{"kind": "text", "data": "a summary"}]}]}}"#
        let summary = try #require(try journal(snapshot, line("Prompt", "more")))
        #expect(
            summary.messages == 2 && summary.firstMessage(task) == .unknown && summary.contains(task) == nil
        )
        #expect(try journal(line("Prompt", "hello"), snapshot)?.firstMessage(task) == .isOther)
    }

    @Test("The last turn is open until an answer that asks for no tool")
    func interrupted() throws {
        #expect(try journal(line("Prompt"))?.isInterrupted == true)
        #expect(try journal(line("Prompt"), line("AssistantMessage"))?.isInterrupted == false)
        #expect(
            try journal(line("Prompt"), line("AssistantMessage", block: "toolUse"))?.isInterrupted == true
        )
        #expect(try journal(line("Prompt"), line("ToolResults"))?.isInterrupted == true)
    }
}

extension String {
    fileprivate func replacing(_ old: String, _ new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
