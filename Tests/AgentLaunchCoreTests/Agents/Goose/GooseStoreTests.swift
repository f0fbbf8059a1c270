import Testing

@testable import AgentLaunchCore

@Suite("Goose: names", .timeLimit(.minutes(1)))
struct GooseNamesTests {
    @Test(
        "A name is made of the directory and the conversation alone, of plain characters",
        arguments: [
            ("/home/coder/project", "default", "project-33b73976"),
            ("/home/coder/project", "review", "review-33b73976"),
            ("/", "default", "root-8a5edab2"),
            ("/srv/a b/ü+x", "default", "---x-"),
        ]
    )
    func base(_ workdir: String, _ name: String, _ expected: String) {
        #expect(GooseNames(workdir: Path(workdir), name: name).base.hasPrefix(expected))
    }

    @Test("Tries are counted from the name itself, and nothing else is one")
    func numbers() {
        let names = GooseNames(workdir: "/home/coder/project", name: "default")
        for number in [0, 1, 2, 15, 100] { #expect(names.number(of: names.name(number)) == number) }
        for other in ["project-33b73976-1", "project-33b73976-02", "project-33b73976-x", "project", ""] {
            #expect(names.number(of: other) == nil)
        }
    }

    @Test("Tries are followed 16 beyond each trace, and the next is the one after the highest")
    func reachable() {
        #expect(GooseNames.reachable([]).next == 0)
        #expect(GooseNames.reachable([0, 1]).next == 2)
        #expect(GooseNames.reachable([15, 31, 47]).next == 48)
        #expect(GooseNames.reachable([0, 17]).next == 1)
        #expect(GooseNames.reachable([16]).next == 0)
    }
}

@Suite("Goose: folders and legacy files", .timeLimit(.minutes(1)))
struct GooseFoldersTests {
    private func query(_ home: Path, _ environment: Environment = Environment()) -> StoreQuery {
        StoreQuery(
            environment: environment,
            home: home,
            workdir: "/home/coder/project",
            name: "default",
            task: TaskText("do the task")
        )
    }

    @Test("GOOSE_PATH_ROOT goes before XDG_DATA_HOME, and only absolute values count")
    func folders() {
        func sessions(_ environment: Environment) -> String {
            "\(GooseDirectories(query("/h", environment)).sessions)"
        }
        #expect(sessions(Environment()) == "/h/.local/share/goose/sessions")
        #expect(sessions(Environment(["XDG_DATA_HOME": "/d"])) == "/d/goose/sessions")
        #expect(sessions(Environment(["XDG_DATA_HOME": "d"])) == "/h/.local/share/goose/sessions")
        #expect(
            sessions(Environment(["GOOSE_PATH_ROOT": "/r", "XDG_DATA_HOME": "/d"])) == "/r/data/sessions"
        )
        #expect(sessions(Environment(["GOOSE_PATH_ROOT": "r"])) == "/h/.local/share/goose/sessions")
        #expect(sessions(Environment(["GOOSE_PATH_ROOT": ""])) == "/h/.local/share/goose/sessions")
    }

    @Test("Without a provider there is a warning with the line to add")
    func provider() throws {
        let scratch = try ScratchDirectory()
        #expect(
            Agent.goose.firstRun(query(scratch.path), false, "1.45.0").map(\.code) == ["first-run-dialog"]
        )
        let chosen = Environment(["GOOSE_PROVIDER": "openai"])
        #expect(Agent.goose.firstRun(query(scratch.path, chosen), false, "1.45.0").isEmpty)
        try scratch.write(".config/goose/config.yaml", "# mine\nGOOSE_PROVIDER: openai\n")
        #expect(Agent.goose.firstRun(query(scratch.path), false, "1.45.0").isEmpty)
    }

    private let head = #"{"working_dir": "/home/coder/project", "description": "x"}"# + "\n"
    private let turn =
        #"{"role": "user", "created": 1757577600, "content": [{"type": "text", "text": "do the task"}]}"#

    @Test("A legacy file larger than goose imports is left out with a warning")
    func tooLarge() throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write(".local/share/goose/sessions/old.jsonl", head + turn + "\n")
        var findings = Findings()
        #expect(GooseStore(query(scratch.path)).candidates(&findings).sessions.map(\.id) == ["old"])
        try scratch.lengthen(file, to: GooseLegacy.sizeLimit + 1)
        #expect(GooseStore(query(scratch.path)).candidates(&findings) == Candidates())
        #expect(findings.warnings.map(\.code) == ["legacy-too-large"])
    }

    @Test("A legacy session tells its first message, its directory and whether its last turn was answered")
    func legacy() throws {
        let scratch = try ScratchDirectory()
        try scratch.write(".local/share/goose/sessions/old.jsonl", head + turn + "\n")
        let store = GooseStore(query(scratch.path))
        var findings = Findings()
        guard case .found(let session) = store.find("old", &findings) else {
            Issue.record("not found: \(findings)")
            return
        }
        #expect(session.state == .resumable && session.firstMessage == .isTask && session.interrupted == true)
        #expect(session.directory == "/home/coder/project")
        #expect(session.updatedAt == Timestamp(milliseconds: 1_757_577_600_000))
        #expect(store.contains(try #require(TaskText("do the task")), in: session) == true)
        #expect(store.contains(try #require(TaskText("another")), in: session) == false)
    }

    @Test(
        "An id that goose could not have made reaches no command line",
        arguments: ["", "-r", "a\u{0}b", "a\nb", "a/b"]
    )
    func ids(_ id: String) {
        #expect(!Agent.goose.isSessionID(id))
    }

    @Test("Ids of rows and of imported files are taken", arguments: ["20261121_3", "my chat", "größer.1"])
    func goodIDs(_ id: String) {
        #expect(Agent.goose.isSessionID(id))
    }
}

@Suite("Goose: messages", .timeLimit(.minutes(1)))
struct GooseMessageTests {
    private func message(_ role: String, _ content: String) -> GooseMessage {
        GooseMessage(role: role, content: JSONValue(parsing: content))
    }

    @Test("Tool results are not messages")
    func spoken() {
        #expect(message("user", #"[{"type": "text", "text": "hello"}]"#).isSpoken)
        #expect(!message("user", #"[{"type": "toolResponse", "id": "1"}]"#).isSpoken)
    }

    @Test("A turn is open after a user's message and after a tool was asked for")
    func open() {
        #expect(message("user", #"[{"type": "text", "text": "hello"}]"#).leavesTurnOpen == true)
        #expect(message("assistant", #"[{"type": "text", "text": "done"}]"#).leavesTurnOpen == false)
        #expect(
            message("assistant", #"[{"type": "text", "text": "a"}, {"type": "toolRequest"}]"#).leavesTurnOpen
                == true
        )
        #expect(message("assistant", "not json").leavesTurnOpen == nil)
    }

    @Test("A message that cannot be read is neither the task nor another text")
    func unreadable() {
        #expect(GooseMessage.firstMessage(message("user", "{torn"), TaskText("x")) == .unknown)
        #expect(GooseMessage.firstMessage(nil, TaskText("x")) == .none)
        #expect(
            GooseMessage.firstMessage(message("user", #"[{"type": "text", "text": "x"}]"#), TaskText("x"))
                == .isTask
        )
        #expect(
            GooseMessage.firstMessage(message("user", #"[{"type": "text", "text": "y"}]"#), TaskText("x"))
                == .isOther
        )
    }

    @Test("Seconds and milliseconds are told apart by their size")
    func times() {
        #expect(GooseMessage.time(1_790_928_000) == GooseMessage.time(1_790_928_000_000))
    }
}

@Suite("Goose: command lines", .timeLimit(.minutes(1)))
struct GooseCommandTests {
    private func request(_ start: CommandRequest.Start, prompt: Bool) -> CommandRequest {
        CommandRequest(.goose, start, prompt: prompt, version: "1.45.0")
    }

    private let session = Session(id: "20261121_3", directory: "/w", store: "/s", state: .resumable)

    private func words(_ request: CommandRequest) throws -> String {
        try Agent.goose.command(request).line
    }

    @Test("Each start has the form that every release since 1.13 takes")
    func forms() throws {
        let new = CommandRequest.Start.cold(NewSession(name: "w-1"))
        #expect(try words(request(new, prompt: true)) == "goose run --name w-1 -s -i FILE")
        #expect(try words(request(new, prompt: false)) == "goose session --name w-1")
        #expect(
            try words(request(.warm(session), prompt: false))
                == "goose session --resume --session-id 20261121_3"
        )
        let resumed = "goose run --resume --session-id 20261121_3 -s -i FILE"
        #expect(try words(request(.warm(session), prompt: true)) == resumed)
        #expect(try words(request(.reuse(session), prompt: true)) == resumed)
        var extra = request(.warm(session), prompt: false)
        extra.extra = [Bytes("--debug".utf8)]
        #expect(try words(extra) == "goose session --debug --resume --session-id 20261121_3")
        #expect(try words(request(.cold(NewSession(name: "-x")), prompt: false)) == "goose session --name=-x")
    }

    @Test("Model, permissions and telemetry go by environment")
    func environment() throws {
        var request = request(.cold(NewSession(name: "w-1")), prompt: false)
        request.model = "m"
        request.allowAll = true
        request.attended = false
        let command = try Agent.goose.command(request)
        #expect(command.set.map(\.name) == ["GOOSE_MODEL", "GOOSE_MODE", "GOOSE_TELEMETRY_OFF"])
    }

    @Test(
        "A release that cannot create named sessions is refused when cold",
        arguments: ["1.10.0", "1.12.1"]
    )
    func old(_ version: String) throws {
        var cold = request(.cold(NewSession(name: "w-1")), prompt: true)
        cold.version = try #require(Version(in: version))
        #expect(throws: LaunchError.self) { try Agent.goose.command(cold) }
        cold.start = .warm(session)
        #expect(throws: Never.self) { try Agent.goose.command(cold) }
    }

    @Test(
        "Flags of the session and of the prompt are refused in short too",
        arguments: ["-n", "-rn", "-tTEXT", "-s", "-i"]
    )
    func short(_ flag: String) {
        var cold = request(.cold(NewSession(name: "w-1")), prompt: true)
        cold.extra = [Bytes(flag.utf8)]
        #expect(throws: LaunchError.self) { try Agent.goose.command(cold) }
    }
}
