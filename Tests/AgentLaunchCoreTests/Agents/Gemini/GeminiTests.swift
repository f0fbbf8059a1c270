import Testing

@testable import AgentLaunchCore

@Suite("Gemini CLI", .timeLimit(.minutes(1)))
struct GeminiTests {
    static let id = "0000000a-0000-4000-8000-000000000000"
    static let session = Session(id: id, store: "/x", state: .resumable)

    private func request(
        _ start: CommandRequest.Start,
        prompt: Bool,
        _ version: Version = "0.56.0",
        attended: Bool = true
    ) -> CommandRequest {
        CommandRequest(.gemini, start, prompt: prompt, attended: attended, version: version)
    }

    @Test("Cold creates the id, warm resumes it; the prompt is one word with its flag")
    func starts() throws {
        let cold = try Agent.gemini.command(request(.cold(NewSession(id: Self.id)), prompt: true))
        #expect(
            cold.arguments == [
                "gemini", "--session-id", .init(Self.id), .prompt(prefix: "--prompt-interactive="),
            ]
        )
        #expect(!cold.assignsOwnID)
        let warm = try Agent.gemini.command(request(.warm(Self.session), prompt: false))
        #expect(warm.arguments == ["gemini", "--resume", .init(Self.id)])
    }

    @Test("Before 0.41 no id is passed, and the new one is captured")
    func oldRelease() throws {
        let start = CommandRequest.Start.cold(NewSession(id: Self.id))
        let old = try Agent.gemini.command(request(start, prompt: false, "0.40.9"))
        #expect(old.arguments == ["gemini"] && old.assignsOwnID)
        #expect(try !Agent.gemini.command(request(start, prompt: false, "0.41.0")).assignsOwnID)
        #expect(Agent.gemini.needsVersion(start, false))
        #expect(!Agent.gemini.needsVersion(.warm(Self.session), false))
    }

    @Test("Only unattended the variables of build machines go, and the directory is trusted")
    func environment() throws {
        let start = CommandRequest.Start.warm(Self.session)
        let attended = try Agent.gemini.command(request(start, prompt: false))
        #expect(attended.unset == [] && attended.set.isEmpty)
        let unattended = try Agent.gemini.command(request(start, prompt: false, attended: false))
        #expect(unattended.unset == ["CI", "GITHUB_ACTIONS"])
        #expect(unattended.set.map(\.name) == ["GEMINI_CLI_TRUST_WORKSPACE"])
    }

    // MARK: Retention

    private func retention(
        user: String? = nil,
        workspace: String? = nil,
        machine: String? = nil,
        named: String? = nil
    ) throws -> (GeminiRetention, ScratchDirectory) {
        let scratch = try ScratchDirectory()
        var environment = Environment()
        if let user { try scratch.write(".gemini/settings.json", user) }
        if let workspace { try scratch.write("w/.gemini/settings.json", workspace) }
        if let machine { try scratch.write("etc.json", machine) }
        if let named {
            environment["GEMINI_CLI_SYSTEM_SETTINGS_PATH"] = try scratch.write("named.json", named).bytes
        }
        let query = StoreQuery(
            environment: environment,
            home: scratch.path,
            workdir: scratch.path / "w",
            name: "default"
        )
        return (GeminiRetention(query, machine: scratch.path / "etc.json"), scratch)
    }

    private static let on = #"{"general":{"sessionRetention":{"enabled":true}}}"#
    private static let off = #"{"general":{"sessionRetention":{"enabled":false}}}"#

    @Test("Settings of agentlaunch are used only unattended, without the user's and the machine's own")
    func safeguard() throws {
        func kind(_ given: (GeminiRetention, ScratchDirectory), attended: Bool = false) -> String {
            switch given.0.safeguard(isAttended: attended) {
            case .notNeeded: "not needed"
            case .settings: "settings"
            case .missing: "missing"
            }
        }
        #expect(kind(try retention()) == "settings")
        #expect(kind(try retention(), attended: true) == "missing")
        #expect(kind(try retention(user: Self.on)) == "settings")
        #expect(kind(try retention(user: Self.off)) == "not needed")
        #expect(kind(try retention(user: Self.off), attended: true) == "not needed")
        #expect(kind(try retention(machine: "{}")) == "missing")
        #expect(kind(try retention(machine: Self.off)) == "not needed")
        #expect(kind(try retention(user: Self.off, machine: Self.on)) == "missing")
        #expect(kind(try retention(named: "{}")) == "missing")
        #expect(kind(try retention(named: Self.off)) == "not needed")
        #expect(kind(try retention(user: Self.off, machine: Self.on, named: "{}")) == "not needed")
    }

    @Test("A directory's settings can only turn retention on, and unparsable ones do not count")
    func whoseSettings() throws {
        #expect(try !retention(workspace: Self.off).0.isOff)
        #expect(try !retention(user: Self.off, workspace: Self.on).0.isOff)
        #expect(try !retention(user: "// off\n" + Self.off).0.isOff)
    }

    // MARK: Chats

    private static let head =
        #"{"sessionId":"\#(id)","projectHash":"p","startTime":"2026-10-02T08:00:00.000Z"}"#

    private func chat(_ lines: String..., task: String = "do the task") throws -> GeminiChat {
        let scratch = try ScratchDirectory()
        let file = try scratch.write(
            "session-x.jsonl",
            ([Self.head] + lines).map { $0 + "\n" }.joined()
        )
        return try GeminiChat(file, TaskText(task))
    }

    private func user(_ text: String, _ id: String = "u1") -> String {
        #"{"id":"\#(id)","type":"user","content":[{"text":"\#(text)"}]}"#
    }

    private func answer(_ text: String, _ more: String = "", _ id: String = "g1") -> String {
        #"{"id":"\#(id)","type":"gemini","content":"\#(text)"\#(more)}"#
    }

    @Test("A rewind takes the message itself along; an id that is not there takes all, which is doubt")
    func rewind() throws {
        let both = try chat(user("do the task"), answer("a"), #"{"$rewindTo":"g1"}"#)
        #expect(both.messages.map(\.id) == ["u1"] && !both.isDoubtful)
        let none = try chat(user("do the task"), answer("a"), #"{"$rewindTo":"u1"}"#)
        #expect(none.messages.isEmpty && !none.isDoubtful && none.hasTask == true)
        let lost = try chat(user("do the task"), #"{"$rewindTo":"gone"}"#)
        #expect(lost.messages.isEmpty && lost.isDoubtful)
        let again = try chat(user("x"), #"{"$rewindTo":"u1"}"#, user("do the task", "u2"))
        #expect(again.firstMessage == .isTask && again.isTalk)
    }

    @Test("A message of the same id takes the other's place, and $set replaces all")
    func replacement() throws {
        let placed = try chat(user("x"), answer("a"), user("do the task"))
        #expect(placed.messages.map(\.id) == ["u1", "g1"] && placed.firstMessage == .isTask)
        let set = try chat(user("x"), #"{"$set":{"messages":[\#(user("do the task", "u9"))]}}"#)
        #expect(set.messages.map(\.id) == ["u9"] && set.firstMessage == .isTask)
        let late = try chat(
            user("x"),
            #"{"$set":{"lastUpdated":"2026-10-09T08:00:00.000Z","kind":"subagent"}}"#
        )
        #expect(late.updatedAt == Timestamp("2026-10-09T08:00:00Z") && late.isSubAgent)
    }

    @Test(
        "Commands and the agent's own insertions are not messages",
        arguments: ["/help", "?", "  ", "<hook_context>x"]
    )
    func talk(_ text: String) throws {
        #expect(try !chat(user(text)).isTalk)
        #expect(try chat(user(text), answer("", #","thoughts":[{"subject":"s"}]"#)).isTalk)
        #expect(try chat(user(text), user("x", "u2"), task: text.isEmpty ? "y" : "x").firstMessage == .isTask)
    }

    @Test("A turn is unfinished until an answer with text")
    func interrupted() throws {
        #expect(try chat().interrupted == nil)
        #expect(try chat(user("x")).interrupted == true)
        #expect(try chat(user("x"), answer("", #","toolCalls":[{"id":"t"}]"#)).interrupted == true)
        #expect(try chat(user("x"), answer("done")).interrupted == false)
    }

    @Test("Lines that no parser accepts are skipped and remembered as doubt")
    func passedOver() throws {
        #expect(try !chat(user("x")).isDoubtful)
        #expect(try chat(#"{"id":"u1","type":"us"#).isDoubtful)
        #expect(try chat("\0\0\0").isDoubtful)
        #expect(try chat(#"{"id":"u1","type":"user","content":[{"inlineData":{}}]}"#).isDoubtful)
    }

    @Test(
        "One whole object is read too, and nothing with marks or NULs around it",
        arguments: ["", "\u{feff}", "\0"]
    )
    func whole(_ mark: String) throws {
        let scratch = try ScratchDirectory()
        let text = #"{"sessionId":"\#(Self.id)","messages":[\#(user("do the task"))],"projectHash":"p"}"#
        let chat = try GeminiChat(scratch.write("session-x.json", mark + text), TaskText("do the task"))
        #expect(chat.isSession == mark.isEmpty && chat.isDoubtful == !mark.isEmpty)
        if mark.isEmpty { #expect(chat.firstMessage == .isTask) }
        let empty = try GeminiChat(scratch.write("session-y.json", "\n"), nil)
        #expect(!empty.isSession && !empty.isDoubtful)
    }
}
