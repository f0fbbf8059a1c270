import Testing

@testable import AgentLaunchCore

@Suite("The request for a start", .timeLimit(.minutes(1)))
struct RequestTests {
    @Test("Defaults are those of the specification")
    func defaults() throws {
        let request = try request(["goose"])
        #expect(request.workdir == "/here")
        #expect(request.sessionName == "default")
        #expect(request.conversation == .automatic)
        #expect(request.adopt == .match)
        #expect(request.onUnknown == .refuse)
        #expect(request.onNewPrompt == nil)
        #expect(request.resumeWhen == .always)
        #expect(request.transport == nil)
        #expect(request.attended == nil)
        #expect(request.statePersistence)
        #expect(request.stopTimeoutMilliseconds == 15_000)
        #expect(request.restart == .never)
        #expect(!request.detach && !request.dryRun && !request.showPrompt && !request.reportTasks)
        #expect(request.wrapper.isEmpty && request.variables.isEmpty && request.arguments.isEmpty)
        #expect(request.warnings.isEmpty)
    }

    @Test("Any two of resume, fresh and require-resume are an error")
    func exclusive() throws {
        #expect(try request(["claude", "--resume", "x"]).conversation == .resume("x"))
        #expect(try request(["claude", "--require-resume"]).conversation == .requireResume)
        #expect(try refusal(["claude", "--resume=x", "--fresh"]).what == "--resume and --fresh")
        #expect(try refusal(["claude", "--fresh", "--require-resume"]).status == .usage)
        #expect(try refusal(["claude", "--resume=x"], ["AGENTLAUNCH_REQUIRE_RESUME": "1"]).status == .usage)
        #expect(try request(["claude", "--resume=x", "--fresh=false"]).conversation == .resume("x"))
    }

    @Test(
        "Numbers out of range are wrong",
        arguments: [
            "--port=0", "--port=65536", "--port=-1", "--port=80x", "--port=99999999999999999999",
            "--term-width=9", "--term-width=65536", "--term-height=9", "--stop-timeout=0",
            "--stop-timeout=-1",
            "--stop-timeout=.", "--stop-timeout=1.", "--stop-timeout=0.0001", "--stop-timeout=1e3",
            "--wait-ready=0", "--agent-version=new",
        ]
    )
    func ranges(_ option: String) throws {
        let error = try refusal(["claude", "--dry-run", option])
        #expect(error.status == .usage)
        #expect(option.hasPrefix(error.what + "="))
    }

    @Test("Numbers at the edges are right")
    func edges() throws {
        #expect(try request(["claude", "--port=1"]).port == 1)
        #expect(try request(["claude", "--port=65535"]).port == 65535)
        #expect(try request(["claude", "--term-width=10", "--term-height=65535"]).termHeight == 65535)
        #expect(try request(["claude", "--stop-timeout=0.25"]).stopTimeoutMilliseconds == 250)
        #expect(try request(["claude", "--stop-timeout", "3"]).stopTimeoutMilliseconds == 3000)
        #expect(try request(["claude", "--agent-version", "2.1.329"]).agentVersion == "2.1.329")
    }

    @Test("An invalid value suggests the nearest or lists all")
    func choices() throws {
        #expect(try refusal(["claude", "--adopt=newset"]).nextStep == "did you mean newest?")
        #expect(try refusal(["claude", "--on-new-prompt=x"]).nextStep == "use skip, refuse, send or fresh")
        for word in ["skip", "refuse", "send", "fresh"] {
            #expect(try request(["claude", "--on-new-prompt", word]).onNewPrompt?.rawValue == word)
        }
    }

    @Test(
        "Session names",
        arguments: ["a", "A.b_c-9", String(repeating: "x", count: 64), "20261121", "1234567_1", "session"]
    )
    func goodNames(_ name: String) throws {
        #expect(try request(["claude", "--session", name]).sessionName == name)
    }

    @Test(
        "Invalid session names",
        arguments: [".a", "-a", "a b", "a/b", "ä", String(repeating: "x", count: 65), "a\n"]
    )
    func badNames(_ name: String) throws {
        let error = try refusal(["claude", "--session=\(name)"])
        #expect(error.status == .usage)
        #expect(!error.nextStep.contains("--resume"))
    }

    @Test(
        "A session ID as the name suggests --resume",
        arguments: [
            "1142e558-ce23-44a4-9795-fedb65b0d13a", "1142E558-CE23-44A4-9795-FEDB65B0D13A", "ses_4f0",
            "20261121_3", "T-1142e558-ce23-44a4-9795-fedb65b0d13a",
        ]
    )
    func idAsName(_ name: String) throws {
        #expect(try refusal(["claude", "--session", name]).nextStep == "did you mean --resume \(name)?")
    }

    @Test("A leading ~/ or $HOME/ is the home directory, elsewhere it is a name")
    func home() throws {
        let home: KeyValuePairs = ["HOME": "/home/me"]
        for (written, path) in [
            ("~/a", "/home/me/a"), ("$HOME/a", "/home/me/a"), ("~", "/home/me"), ("$HOME", "/home/me"),
            ("~x/a", "/here/~x/a"), ("$HOMEX/a", "/here/$HOMEX/a"), ("a/~/b", "/here/a/~/b"), ("/b", "/b"),
        ] {
            #expect(try request(["claude", "--workdir", written], home).workdir == Path(path))
        }
        let request = try request(
            [
                "claude", "--module-dir=~/m", "--env-file=~/e", "--prompt-file=~/p", "--log-file=l",
                "--dry-run",
            ],
            home
        )
        #expect(request.moduleDirectory == "/home/me/m")
        #expect(request.variableFiles == ["/home/me/e"])
        #expect(request.task?.origin == .file("/home/me/p"))
        #expect(request.logFile == "/here/l")
        for option in ["--workdir", "--module-dir", "--env-file", "--prompt-file", "--log-file"] {
            #expect(try refusal(["claude", "\(option)=~/x", "--dry-run"]).why == "HOME is not set")
        }
    }

    @Test(
        "A prompt, name, model, ID or workdir that is not UTF-8 is an error",
        arguments: ["prompt", "session", "workdir", "model", "resume", "resume-prompt", "prompt-env"]
    )
    func notUTF8(_ name: String) throws {
        let arguments = [bytes("claude"), bytes("--\(name)=") + [0x61, 0xff]]
        let error = try #require(throws: LaunchError.self) { try request(bytes: arguments, Environment()) }
        #expect(error.status == .usage)
        #expect(error.what == "--\(name)")
    }

    @Test("A wrapper, a variable's value and other paths are bytes")
    func bytesStay() throws {
        let odd: Bytes = [0x61, 0xff]
        let request = try request(
            bytes: [
                bytes("claude"), bytes("--wrapper=") + odd, bytes("--env=A=") + odd,
                bytes("--module-dir=/") + odd,
            ],
            Environment()
        )
        #expect(request.wrapper == [odd])
        #expect(request.variables == [.set(name: bytes("A"), value: odd)])
        #expect(request.moduleDirectory == Path(bytes: bytes("/") + odd))
    }

    @Test("A variable without a name or with a reserved one is an error, and its value is not shown")
    func childVariables() throws {
        for option in ["--env==secret", "--env=AGENTLAUNCH_X=secret"] {
            #expect(try !refusal(["claude", option]).description.contains("secret"))
        }
        let lines = try ChildVariable.lines(bytes("# c\n\nA=1 2\r\n  B\nC='x'\n"), of: "f")
        #expect(
            lines == [
                .set(name: bytes("A"), value: bytes("1 2")), .copy(name: bytes("B")),
                .set(name: bytes("C"), value: bytes("'x'")),
            ]
        )
        let error = try #require(throws: LaunchError.self) {
            try ChildVariable.lines(bytes("A=1\n=2"), of: "f")
        }
        #expect(error.what == "f, line 2")
    }

    @Test("In the background there is no terminal: only custom may be direct there")
    func detached() throws {
        #expect(try refusal(["claude", "--detach", "--direct", "--dry-run"]).what == "--detach")
        #expect(try refusal(["claude", "--wait-ready=9", "--direct", "--dry-run"]).what == "--wait-ready")
        #expect(try request(["custom", "--detach", "--direct", "--dry-run", "--", "x"]).detach)
        let waiting = try request(["claude", "--wait-ready=9", "--dry-run"])
        #expect(waiting.detach && waiting.waitReadyMilliseconds == 9000)
    }

    @Test("A failed agent is started again only if that is asked for, by option or variable")
    func restart() throws {
        #expect(try request(["claude"]).restart == .never)
        #expect(try request(["claude", "--restart=on-failure"]).restart == .onFailure)
        let environment = Environment(["AGENTLAUNCH_RESTART": "on-failure"])
        #expect(try request(bytes: [bytes("claude")], environment).restart == .onFailure)
        #expect(try refusal(["claude", "--restart=always"]).what == "--restart")
    }

    @Test("A start looks at stdin and stdout, a dry run at stdin or stderr")
    func terminals() {
        func decided(_ input: Bool, _ output: Bool, _ error: Bool, _ dryRun: Bool) -> Transport {
            Transport.decided(by: .init(input: input, output: output, error: error), dryRun: dryRun).0
        }
        #expect(decided(true, true, false, false) == .direct)
        #expect(decided(true, false, true, false) == .agentapi)
        #expect(decided(false, true, true, false) == .agentapi)
        #expect(decided(true, false, false, true) == .direct)
        #expect(decided(false, false, true, true) == .direct)
        #expect(decided(false, true, false, true) == .agentapi)
    }

    @Test("An option that has no effect without --dry-run is a warning")
    func unused() throws {
        #expect(
            try request(["claude", "--show-prompt", "-o", "json"]).warnings.map(\.code) == [
                "option-unused", "option-unused",
            ]
        )
        #expect(try request(["claude"], ["AGENTLAUNCH_FORMAT": "json"]).warnings.isEmpty)
    }
}
