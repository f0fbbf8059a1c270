import Testing

@testable import AgentLaunchCore

@Suite("agentapi's saved chat", .timeLimit(.minutes(1)))
struct SavedChatTests {
    private func read(_ text: String) throws -> SavedChat.Reading {
        let scratch = try ScratchDirectory()
        return SavedChat.read(try scratch.write("state.json", text))
    }

    @Test("A prompt is unsent only if there is one: runs without a prompt save `false` too")
    func unsent() throws {
        let none = try read(StateBench.text(["agent: hello"], prompt: "", sent: false))
        #expect(none == .chat(SavedChat(hasUnsentPrompt: false, hasUserMessage: false)))
        let unsent = try read(StateBench.text(["agent: hello"], prompt: "do it", sent: false))
        #expect(unsent == .chat(SavedChat(hasUnsentPrompt: true, hasUserMessage: false)))
        let sent = try read(StateBench.text(["user: do it"], prompt: "do it", sent: true))
        #expect(sent == .chat(SavedChat(hasUserMessage: true, isUnanswered: true)))
        let answered = try read(StateBench.text(["user: do it", "agent: done"], prompt: "do it", sent: true))
        #expect(answered == .chat(SavedChat(hasUserMessage: true)))
        let missing = try read(#"{"version":1,"initial_prompt":"do it","messages":null}"#)
        #expect(missing == .chat(SavedChat(hasUnsentPrompt: true, hasUserMessage: false)))
    }

    @Test(
        "What agentapi could not load is unusable",
        arguments: [
            "", " ", "{", "[]", "null", "{}", #"{"version":2,"messages":[]}"#, #"{"version":1,"messages":["#,
            #"{"version":1,"messages":[{"id":0},]}"#, #"{"version":1,"messages":[]}{}"#, "nonsense",
        ]
    )
    func unusable(_ text: String) throws {
        guard case .unusable = try read(text) else {
            Issue.record("taken for a chat")
            return
        }
    }

    @Test("Absent is absent, and a folder is no chat")
    func absent() throws {
        let scratch = try ScratchDirectory()
        #expect(SavedChat.read(scratch.path / "state.json") == .absent)
        #expect(SavedChat.read(scratch.path) == .unusable(Errno(code: 21).description))
    }

    @Test(
        "A chat is a continuation only if it begins with all old messages, the last perhaps changed",
        arguments: [
            (["user: a", "agent: b"], ["user: a", "agent: b"], true),
            (["user: a", "agent: b"], ["user: a", "agent: b", "user: c"], true),
            (["user: a", "agent: b"], ["user: a", "agent: b, and more"], true),
            ([], [], true),
            ([], ["agent: a"], true),
            (["user: a", "agent: b"], ["agent: error"], false),
            (["user: a", "agent: b"], ["user: a"], false),
            (["user: a", "agent: b"], [], false),
            (["user: a", "agent: b"], ["user: x", "agent: b"], false),
            (["user: a", "agent: b"], ["user: a", "user: b"], false),
        ]
    )
    func continued(_ old: [String], _ new: [String], _ expected: Bool) throws {
        let scratch = try ScratchDirectory()
        let before = try scratch.write("old.json", StateBench.text(old))
        let after = try scratch.write("new.json", StateBench.text(new))
        #expect(SavedChat.isContinued(before, by: after) == expected)
    }

    @Test("A torn, empty or missing file continues no chat", arguments: ["", "{", nil])
    func notContinued(_ text: String?) throws {
        let scratch = try ScratchDirectory()
        let before = try scratch.write("old.json", StateBench.text([]))
        if let text { try scratch.write("new.json", text) }
        #expect(!SavedChat.isContinued(before, by: scratch.path / "new.json"))
    }

    @Test("20 MB of messages and members in any order are read")
    func large() throws {
        let scratch = try ScratchDirectory()
        let screen = String(repeating: "x", count: 80_000)
        let messages = (0..<250).map { $0.isMultiple(of: 2) ? "user: \($0)" : "agent: \(screen)" }
        let text = StateBench.text(messages)
        let reordered =
            #"{"extra":{"a":[1,{}]},"initial_prompt_sent":true,"initial_prompt":"x","# + text.dropFirst()
        let old = try scratch.write("old.json", reordered)
        let new = try scratch.write("new.json", StateBench.text(messages + ["user: more"]))
        #expect(SavedChat.read(old) == .chat(SavedChat(hasUnsentPrompt: false, hasUserMessage: true)))
        #expect(SavedChat.isContinued(old, by: new))
        #expect(!SavedChat.isContinued(new, by: old))
    }
}
