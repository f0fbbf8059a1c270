import Testing

@testable import AgentLaunchCore

@Suite("Copilot CLI", .timeLimit(.minutes(1)))
struct CopilotTests {
    static let id = "0000000a-0000-4000-8000-000000000000"
    static let session = Session(id: id, store: "/x", state: .resumable)

    private func request(
        _ start: CommandRequest.Start,
        prompt: Bool,
        _ version: Version = "1.0.64"
    ) -> CommandRequest {
        CommandRequest(.copilot, start, prompt: prompt, version: version)
    }

    @Test("Cold and an empty session create the id, warm resumes it; the prompt goes by agentapi")
    func starts() throws {
        for start in [CommandRequest.Start.cold(NewSession(id: Self.id)), .reuse(Self.session)] {
            let command = try Agent.copilot.command(request(start, prompt: true))
            #expect(command.arguments == ["copilot", "--session-id", .init(Self.id)])
            #expect(Agent.copilot.promptIntake(start, []) == .input)
        }
        let warm = try Agent.copilot.command(request(.warm(Self.session), prompt: false))
        #expect(warm.arguments == ["copilot", .init("--resume=" + Self.id)])
    }

    @Test("Before 1.0.51 a new id is created by resuming it; only then the release matters")
    func oldRelease() throws {
        let cold = CommandRequest.Start.cold(NewSession(id: Self.id))
        for (version, arguments) in [
            ("1.0.50" as Version, [.init("--resume=" + Self.id)]),
            ("1.0.51", ["--session-id", .init(Self.id)]),
        ] as [(Version, [AgentCommand.Argument])] {
            let command = try Agent.copilot.command(request(cold, prompt: false, version))
            #expect(command.arguments == ["copilot"] + arguments)
        }
        #expect(Agent.copilot.needsVersion(cold, false))
        #expect(Agent.copilot.needsVersion(.reuse(Self.session), false))
        #expect(!Agent.copilot.needsVersion(.warm(Self.session), false))
    }

    @Test("The release is read although a full stop follows it")
    func release() {
        #expect(Version(in: "GitHub Copilot CLI 1.0.57.\nRun 'copilot update'.") == "1.0.57")
        #expect(Version(in: "GitHub Copilot CLI 1.0.64-0.") == "1.0.64")
        #expect(Version(in: "1..2") == nil)
    }

    @Test("Unattended switches the updater off; every tool is allowed by the environment only if asked for")
    func environment() throws {
        func names(_ change: (inout CommandRequest) -> Void) throws -> [String] {
            var request = request(.cold(NewSession(id: Self.id)), prompt: false)
            change(&request)
            return try Agent.copilot.command(request).set.map(\.name)
        }
        #expect(try names { _ in } == [])
        #expect(try names { $0.allowAll = true } == [])
        #expect(try names { $0.attended = false } == ["COPILOT_AUTO_UPDATE"])
        #expect(
            try names { ($0.attended, $0.allowAll) = (false, true) } == [
                "COPILOT_AUTO_UPDATE", "COPILOT_ALLOW_ALL",
            ]
        )
        #expect(
            try names {
                ($0.attended, $0.environment) = (false, Environment(["COPILOT_AUTO_UPDATE": "true"]))
            } == []
        )
    }

    @Test(
        "The directory of a description is read plain and quoted",
        arguments: [
            ("cwd: /w/a b", "/w/a b"), ("cwd: '/w/it''s'", "/w/it's"), (#"cwd: "/w/\"a\"""#, #"/w/"a""#),
            ("cwd:/w", "/w"), ("cwd: relative", nil), ("  cwd: /nested", nil), ("id: x", nil),
        ] as [(String, Path?)]
    )
    func description(_ line: String, _ expected: Path?) throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write("workspace.yaml", "id: x\n\(line)\nname: y\n")
        #expect(CopilotWorkspace(file).directory == expected)
    }

    // MARK: Transcripts

    private func event(_ type: String, _ data: String, _ minute: Int = 0) -> String {
        """
        {"type":"\(type)","data":\(data),"id":"\(Self.id)","timestamp":"2026-11-21T02:\(10 + minute):00.000Z",\
        "parentId":null}\n
        """
    }

    private func transcript(_ lines: String..., task: String = "do the task") throws -> CopilotTranscript {
        let scratch = try ScratchDirectory()
        let start = event("session.start", #"{"sessionId":"x","context":{"cwd":"/w"}}"#)
        return try CopilotTranscript(
            scratch.write("events.jsonl", ([start] + lines).joined()),
            TaskText(task)
        )
    }

    @Test("A turn is unfinished until its end, and while it asks for tools")
    func interrupted() throws {
        let user = event("user.message", #"{"content":"do the task"}"#)
        let answer = event("assistant.message", #"{"content":"a","messageId":"m","toolRequests":[]}"#)
        let tools = event(
            "assistant.message",
            #"{"content":"","messageId":"m","toolRequests":[{"toolCallId":"t"}]}"#
        )
        let end = event("assistant.turn_end", #"{"turnId":"0"}"#)
        #expect(try transcript().interrupted == nil)
        #expect(try transcript(user).interrupted == true)
        #expect(try transcript(user, answer).interrupted == true)
        #expect(try transcript(user, answer, end).interrupted == false)
        #expect(try transcript(user, tools, end).interrupted == true)
        #expect(try transcript(user, tools, end, answer, end).interrupted == false)
        #expect(try transcript(user, answer, end).messages == 2)
        #expect(try transcript(user, answer, end).firstMessage == .isTask)
        #expect(try transcript(user, task: "another").firstMessage == .isOther)
    }

    @Test("The fault names the line, blank lines counted")
    func fault() throws {
        let user = event("user.message", #"{"content":"a"}"#)
        #expect(try transcript(user, "\n", user, "garbage\n", user).fault?.line == 5)
        #expect(try transcript(user, #"{"type":"user.mess"#).fault?.line == 3)
        #expect(try transcript(user, "null\n").fault?.line == 3)
        #expect(try transcript(event("user.message", #"{"kontent":"a"}"#)).fault?.line == 2)
        #expect(try transcript(user, "\0\0\0").fault == nil)
        #expect(try transcript(user, "\0" + user, user).fault?.line == 3)
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(try transcript(event("session.info", #"{"x":\#(deep)}"#)).fault?.line == 2)
    }
}
