import Testing

@testable import AgentLaunchCore

@Suite("OpenCode: folders", .timeLimit(.minutes(1)))
struct OpenCodeFoldersTests {
    private func folders(_ variables: KeyValuePairs<String, String> = [:]) -> OpenCodeDirectories {
        OpenCodeDirectories(
            StoreQuery(environment: Environment(variables), home: "/h", workdir: "/w", name: "default")
        )
    }

    @Test("XDG_DATA_HOME moves the data, OPENCODE_DB the database, relative to the data")
    func places() {
        #expect(folders().database == "/h/.local/share/opencode/opencode.db")
        #expect(folders(["XDG_DATA_HOME": "/d"]).database == "/d/opencode/opencode.db")
        #expect(folders(["XDG_DATA_HOME": ""]).database == "/h/.local/share/opencode/opencode.db")
        #expect(folders(["XDG_DATA_HOME": "d"]).database == "/w/d/opencode/opencode.db")
        #expect(folders(["OPENCODE_DB": "x.db"]).database == "/h/.local/share/opencode/x.db")
        #expect(folders(["OPENCODE_DB": "/x.db", "XDG_DATA_HOME": "/d"]).database == "/x.db")
        #expect(folders(["OPENCODE_DB": ":memory:"]).database == nil)
    }

    @Test("A database of another release channel is a warning, unless the caller has chosen one")
    func channels() throws {
        let scratch = try ScratchDirectory()
        try scratch.write(".local/share/opencode/opencode-dev.db", "")
        func warnings(_ variables: KeyValuePairs<String, String> = [:]) -> [String] {
            let query = StoreQuery(
                environment: Environment(variables),
                home: scratch.path,
                workdir: "/w",
                name: "default"
            )
            var findings = Findings()
            _ = OpenCodeStore(query).candidates(&findings)
            return findings.warnings.map(\.code)
        }
        #expect(warnings() == ["other-channel"])
        #expect(warnings(["OPENCODE_DB": "opencode-dev.db"]).isEmpty)
        #expect(warnings(["OPENCODE_DISABLE_CHANNEL_DB": "1"]).isEmpty)
        #expect(warnings(["OPENCODE_DISABLE_CHANNEL_DB": "0"]) == ["other-channel"])
        #expect(warnings(["OPENCODE_DB": ":memory:"]) == ["store-in-memory"])
    }

    @Test("The record remembers the database itself: another one in the same folder holds other sessions")
    func root() {
        func root(_ variables: KeyValuePairs<String, String> = [:]) -> Path {
            OpenCodeStore(
                StoreQuery(environment: Environment(variables), home: "/h", workdir: "/w", name: "default")
            )
            .root
        }
        #expect(root() != root(["OPENCODE_DB": "x.db"]))
        #expect(root(["OPENCODE_DB": ":memory:"]) == "/h/.local/share/opencode")
    }
}

@Suite("OpenCode: ids and messages", .timeLimit(.minutes(1)))
struct OpenCodeMessageTests {
    @Test("An id has 12 hexadecimal digits and 14 letters or digits")
    func ids() {
        #expect(Agent.openCode.isSessionID("ses_f045f6bffffeBHm8qRswhqyGP9"))
        for other in [
            "", "ses_", "ses_f045f6bffffeBHm8qRswhqyGP", "ses_f045f6bffffeBHm8qRswhqyGP99",
            "ses_f045f6bfffgeBHm8qRswhqyGP9", "ses_F045f6bffffeBHm8qRswhqyGP9",
            "msg_f045f6bffffeBHm8qRswhqyGP9",
            "ses_f045f6bffffeBHm8qRswhqyG-9", "--fork", "ses_f045f6bffffeBHm8qRswhqyGP\u{e9}",
        ] {
            #expect(!Agent.openCode.isSessionID(other))
        }
    }

    private func message(_ text: String) -> OpenCodeMessage { OpenCodeMessage(JSONValue(parsing: text)) }

    @Test("A turn is open after a user's message, a cut answer and one that asks for tools")
    func open() {
        #expect(message(#"{"role": "user"}"#).leavesTurnOpen == true)
        #expect(message(#"{"role": "assistant", "finish": "stop"}"#).leavesTurnOpen == false)
        #expect(message(#"{"role": "assistant", "finish": "tool-calls"}"#).leavesTurnOpen == true)
        #expect(message(#"{"role": "assistant", "error": {"name": "Aborted"}}"#).leavesTurnOpen == true)
        #expect(message(#"{"role": "system"}"#).leavesTurnOpen == nil)
        #expect(message("garbage").leavesTurnOpen == nil)
    }

    private func first(_ parts: String...) -> Session.FirstMessage {
        OpenCodeText.firstMessage(OpenCodeText(parts.map { JSONValue(parsing: $0) }), TaskText("do the task"))
    }

    @Test("Parts that OpenCode adds are ignored, and an unreadable part leaves the match undecided")
    func texts() {
        let task = #"{"type": "text", "text": "do the task\n"}"#
        #expect(first(task) == .isTask)
        #expect(
            first(#"{"type": "text", "text": "do the task", "synthetic": true}"#, #"{"type": "file"}"#)
                == .isOther
        )
        #expect(first(#"{"type": "text", "text": "the contents", "synthetic": true}"#, task) == .isTask)
        #expect(first("torn", task) == .isTask)
        #expect(first("torn") == .unknown)
        #expect(
            !OpenCodeText([JSONValue(parsing: #"{"type": "text", "text": "x", "ignored": true}"#)]).isSpoken
        )
    }
}

@Suite("OpenCode: command lines", .timeLimit(.minutes(1)))
struct OpenCodeCommandTests {
    private let session = Session(
        id: "ses_f045f6bffffeBHm8qRswhqyGP9",
        directory: "/w",
        store: "/s",
        state: .resumable
    )

    private func request(_ start: CommandRequest.Start, prompt: Bool) -> CommandRequest {
        CommandRequest(.openCode, start, prompt: prompt, version: "1.18.29")
    }

    @Test("Cold takes the prompt in one word; warm takes none, because -s would drop it")
    func forms() throws {
        let cold = try Agent.openCode.command(request(.cold(NewSession()), prompt: true))
        #expect(cold.arguments == ["opencode", .prompt(prefix: "--prompt=")])
        #expect(
            try Agent.openCode.command(request(.cold(NewSession()), prompt: false)).arguments == ["opencode"]
        )
        let warm = try Agent.openCode.command(request(.warm(session), prompt: true))
        #expect(warm.arguments == ["opencode", "-s", .init(session.id)])
        #expect(Agent.openCode.promptIntake(.warm(session), []) == .input)
        let quiet = try Agent.openCode.command(request(.warm(session), prompt: false))
        #expect(quiet.arguments == warm.arguments)
    }

    @Test("A session without messages is not reused: it could not be given the prompt")
    func reuse() throws {
        let command = try Agent.openCode.command(request(.reuse(session), prompt: true))
        #expect(command.arguments == ["opencode", .prompt(prefix: "--prompt=")])
    }

    @Test("Model, permissions and what an unattended start needs")
    func options() throws {
        var request = request(.warm(session), prompt: false)
        request.model = "anthropic/claude-sonnet-4"
        request.extra = [Bytes("--agent".utf8), Bytes("plan".utf8)]
        request.allowAll = true
        request.attended = false
        let command = try Agent.openCode.command(request)
        #expect(
            command.arguments
                == [
                    "opencode", "-m", "anthropic/claude-sonnet-4", "--agent", "plan", "-s", .init(session.id),
                ]
        )
        #expect(command.set.map(\.name) == ["OPENCODE_PERMISSION", "OPENCODE_DISABLE_AUTOUPDATE"])
        request.environment["OPENCODE_DISABLE_AUTOUPDATE"] = Bytes("false".utf8)
        #expect(try Agent.openCode.command(request).set.map(\.name) == ["OPENCODE_PERMISSION"])
    }

    @Test(
        "A first word that is a directory and flags in one word are refused",
        arguments: ["/tmp", "plan", "-sc", "-mx"]
    )
    func refused(_ word: String) {
        var request = request(.cold(NewSession()), prompt: false)
        request.extra = [Bytes(word.utf8)]
        #expect(throws: LaunchError.self) { try Agent.openCode.command(request) }
    }
}
