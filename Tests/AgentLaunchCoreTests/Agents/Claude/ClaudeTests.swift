import Testing

@testable import AgentLaunchCore

@Suite("Claude Code's command line", .timeLimit(.minutes(1)))
struct ClaudeTests {
    static let session = Session(id: ClaudeHome.id, store: "/x", state: .resumable)

    private func request(_ start: CommandRequest.Start, prompt: Bool, attended: Bool = true) -> CommandRequest
    {
        CommandRequest(.claude, start, prompt: prompt, attended: attended, version: "2.1.329")
    }

    @Test("Cold creates the id, warm and reuse resume it; the prompt stands behind --")
    func starts() throws {
        let new = NewSession(id: ClaudeHome.id)
        let cold = try Agent.claude.command(request(.cold(new), prompt: true))
        #expect(
            cold.arguments == ["claude", "--session-id", .init(ClaudeHome.id), "--", .prompt(prefix: "")]
        )
        for start in [CommandRequest.Start.warm(Self.session), .reuse(Self.session)] {
            let command = try Agent.claude.command(request(start, prompt: false))
            #expect(command.arguments == ["claude", "--resume", .init(ClaudeHome.id)])
        }
        let warm = try Agent.claude.command(request(.warm(Self.session), prompt: true))
        #expect(warm.arguments.suffix(2) == ["--", .prompt(prefix: "")])
    }

    @Test("Model, permissions and further arguments come before the id")
    func options() throws {
        var request = request(.warm(Self.session), prompt: false)
        request.model = "opus"
        request.allowAll = true
        request.extra = [Bytes("--add-dir".utf8), [0xff]]
        #expect(
            try Agent.claude.command(request).arguments == [
                "claude", "--model", "opus", "--dangerously-skip-permissions", "--add-dir", .text([0xff]),
                "--resume", .init(ClaudeHome.id),
            ]
        )
    }

    @Test("Unattended switches the updater off; the sandbox is claimed only for root with all permissions")
    func environment() throws {
        func names(_ change: (inout CommandRequest) -> Void) throws -> [String] {
            var request = request(.cold(NewSession(id: ClaudeHome.id)), prompt: false)
            change(&request)
            return try Agent.claude.command(request).set.map(\.name)
        }
        #expect(try names { _ in } == [])
        #expect(try names { $0.attended = false } == ["DISABLE_AUTOUPDATER"])
        #expect(try names { $0.effectiveUserIsRoot = true } == [])
        #expect(try names { $0.allowAll = true } == [])
        #expect(try names { ($0.allowAll, $0.effectiveUserIsRoot) = (true, true) } == ["IS_SANDBOX"])
        #expect(
            try names { ($0.attended, $0.environment) = (false, Environment(["DISABLE_AUTOUPDATER": "0"])) }
                == []
        )
    }

    @Test(
        "Each first-run question is a warning with the line that answers it, and none is left once all are there"
    )
    func firstRun() throws {
        let key = "sk-ant-0123456789-abcdefghijklmnopqrst"
        let home = try ClaudeHome(workdir: "/w/a.b/c", Environment(["ANTHROPIC_API_KEY": key]))
        let all = Agent.claude.firstRun(home.query, true, "2.1.329")
        #expect(Set(all.map(\.code)) == ["first-run-dialog"])
        for line in [
            #""hasCompletedOnboarding": true"#,
            #""projects": {"/w/a.b/c": {"hasTrustDialogAccepted": true}}"#,
            #""customApiKeyResponses": {"approved": ["#,
            #""skipDangerousModePermissionPrompt": true"#,
        ] {
            #expect(all.filter { $0.message.contains(line) }.count == 1, "\(line)")
        }
        #expect(!all.contains { $0.message.contains(key.suffix(20)) }, "no part of the key is printed")
        #expect(Agent.claude.firstRun(home.query, false, "2.1.329").count == 3)

        try home.scratch.write(
            ".claude.json",
            """
            {"hasCompletedOnboarding": true, "projects": {"/w/a": {"hasTrustDialogAccepted": true},
             "/w/a.b": {"hasTrustDialogAccepted": true, "history": []}},
             "customApiKeyResponses": {"approved": ["\(key.suffix(20))"], "rejected": []}}
            """
        )
        #expect(Agent.claude.firstRun(home.query, false, "2.1.329") == [])
        #expect(Agent.claude.firstRun(home.query, true, "2.1.329").count == 1)
        try home.scratch.write(".claude/settings.json", #"{"skipDangerousModePermissionPrompt": true}"#)
        #expect(Agent.claude.firstRun(home.query, true, "2.1.329") == [])
    }

    @Test("Trust of a directory whose name only begins alike, and a damaged file, do not count")
    func firstRunDoubt() throws {
        let home = try ClaudeHome(workdir: "/w/ab")
        try home.scratch.write(
            ".claude.json",
            #"{"hasCompletedOnboarding":true,"projects":{"/w/a":{"hasTrustDialogAccepted":true}}}"#
        )
        #expect(Agent.claude.firstRun(home.query, false, "2.1.329").count == 1)
        try home.scratch.write(".claude.json", "{")
        let damaged = Agent.claude.firstRun(home.query, false, "2.1.329").first
        #expect(damaged?.message.contains("not valid JSON") == true)
    }

    @Test("With CLAUDE_CONFIG_DIR the settings are there too")
    func configurationFolder() throws {
        let home = try ClaudeHome()
        home.query.environment["CLAUDE_CONFIG_DIR"] = (home.scratch.path / "cfg").bytes
        try home.scratch.write(
            "cfg/.claude.json",
            #"{"hasCompletedOnboarding":true,"projects":{"/":{"hasTrustDialogAccepted":true}}}"#
        )
        #expect(Agent.claude.firstRun(home.query, false, "2.1.329") == [])
    }
}
