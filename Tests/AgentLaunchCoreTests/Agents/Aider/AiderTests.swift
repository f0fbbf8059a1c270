import Testing

@testable import AgentLaunchCore

@Suite("Aider: the chat history", .timeLimit(.minutes(1)))
struct AiderHistoryTests {
    private func history(_ text: String, task: String? = nil) throws -> AiderHistory {
        let scratch = try ScratchDirectory()
        try scratch.write("chat.md", text)
        return try AiderHistory(scratch.path / "chat.md", task.flatMap { TaskText($0) })
    }

    private let started =
        "\n# aider chat started at 2026-11-21 02:39:26\n\n> aider --model m  \n> Aider v0.86.2  \n"

    @Test("A message is what follows `#### `, however many lines it has, as it was given")
    func messages() throws {
        let text =
            started + "\n#### first line  \n####   \n####   indented  \n#### trailing    \n\nan answer\n"
        let task = "first line\n\n  indented\ntrailing  "
        #expect(try history(text, task: task).firstMessage == .isTask)
        #expect(try history(text, task: "first line").firstMessage == .isOther)
        #expect(try history(text).messages == 2 && history(text).state == .resumable)
        // An older launcher's sentence stands before the task.
        #expect(try history(text, task: "trailing").firstMessage == .isTask)
    }

    @Test("Notes of the program, empty input and unanswered commands are not messages")
    func notMessages() throws {
        for said in ["", "\n#### <blank>  \n", "\n####   \n", "\n#### /exit  \n", "\n#### !ls  \n> a  \n"] {
            #expect(try history(started + said).state == .empty, "\(said)")
        }
        #expect(try history("").state == .empty)
        #expect(try history(started + "\n#### /ask why?  \n\nbecause\n").state == .resumable)
        #expect(try history(started + "\n#### /ask why?  \n", task: "/ask why?").state == .resumable)
    }

    @Test("A turn is open until something is answered; a command after it changes nothing")
    func interrupted() throws {
        #expect(try history(started + "\n#### a  \n").interrupted == true)
        #expect(try history(started + "\n#### a  \n\nanswer\n").interrupted == false)
        #expect(try history(started + "\n#### a  \n\n#### /exit  \n").interrupted == true)
        #expect(try history(started + "\n#### a  \n\nanswer\n\n#### b  \n> ^C  \n").interrupted == true)
        #expect(try history(started).interrupted == nil)
    }

    @Test("Whatever ends a line for Python ends one here")
    func lineEnds() throws {
        for end in ["\r\n", "\r", "\u{0b}", "\u{0c}", "\u{1c}", "\u{85}", "\u{2028}", "\u{2029}"] {
            #expect(
                try history("> note" + end + "#### a" + end).state == .resumable,
                "\(end.debugDescription)"
            )
        }
        #expect(try history("> note \u{e9} \u{2014} #### a\n").state == .empty)
    }

    @Test("A file that Aider could not decode, and one with text that nobody asked for, are doubtful")
    func doubtful() throws {
        #expect(try history("some text\n").doubt != nil && history(started + "\n#### a  \n").doubt == nil)
        let scratch = try ScratchDirectory()
        try scratch.write("chat.md", "")
        try replaceFile(scratch.path / "chat.md", Bytes("#### a\n".utf8) + [0xff])
        #expect(try AiderHistory(scratch.path / "chat.md", nil).doubt != nil)
    }
}

@Suite("Aider: its store", .timeLimit(.minutes(1)))
struct AiderStoreTests {
    private func query(_ scratch: ScratchDirectory, recorded: Set<String> = []) -> StoreQuery {
        var query = StoreQuery(
            environment: Environment(),
            home: scratch.path,
            workdir: scratch.path / "repo" / "sub",
            name: "default"
        )
        query.conversation = scratch.path / "own"
        query.recorded = recorded
        return query
    }

    private let said = "\n#### do it  \n\ndone\n"

    @Test("The project's history is at the root of the repository, and only there")
    func project() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("repo/sub/.aider.chat.history.md", said)
        var findings = Findings()
        #expect(AiderStore(query(scratch)).candidates(&findings).sessions.count == 1)
        try scratch.write("repo/.git/HEAD", "")
        #expect(AiderStore(query(scratch)).candidates(&findings).sessions.isEmpty)
        try scratch.write("repo/.aider.chat.history.md", said)
        #expect(AiderStore(query(scratch)).candidates(&findings).sessions.count == 1)
    }

    @Test("The next chat's number is after every trace, a record's too")
    func numbers() throws {
        let scratch = try ScratchDirectory()
        func next(_ recorded: Set<String> = []) -> String? {
            var findings = Findings()
            return AiderStore(query(scratch, recorded: recorded)).derived(&findings).new.name
        }
        #expect(next() == "chat.md" && next(["chat.md"]) == "chat-2.md")
        try scratch.write("own/chat-4.md", said)
        #expect(next() == "chat-5.md" && next(["chat-7.md"]) == "chat-8.md")
    }

    @Test("Once the project's history was taken over it is the conversation, until a chat of ours is begun")
    func takenOver() throws {
        let scratch = try ScratchDirectory()
        let history = scratch.path / "repo/sub/.aider.chat.history.md"
        try scratch.write("repo/sub/.aider.chat.history.md", said)
        try scratch.write("own/chat.md", said)
        var findings = Findings()
        let taken = AiderStore(query(scratch, recorded: [history.description])).derived(&findings)
        #expect(taken.resumable?.store == history && taken.new.name == "chat-2.md")
        let own = AiderStore(query(scratch, recorded: ["chat.md"])).derived(&findings)
        #expect(own.resumable?.name == "chat.md")
    }
}

@Suite("Aider: command lines", .timeLimit(.minutes(1)))
struct AiderCommandTests {
    private func request(_ extra: [String] = [], attended: Bool = true) -> CommandRequest {
        CommandRequest(
            start: .cold(NewSession(name: "chat.md", file: "/own/chat.md")),
            extra: extra.map { Bytes($0.utf8) },
            workdir: "/w",
            home: "/h",
            attended: attended,
            version: "0.86.2",
            environment: Environment()
        )
    }

    @Test("Cold and warm are one command: the history is named, and restored")
    func forms() throws {
        var request = request(["--no-git", "src/lib.rs"])
        request.model = "m"
        request.allowAll = true
        let cold = try Agent.aider.command(request)
        request.start = .warm(Session(id: "/own/chat.md", store: "/own/chat.md", state: .resumable))
        let warm = try Agent.aider.command(request)
        #expect(
            cold.arguments == [
                "aider", "--model", "m", "--yes-always", "--no-git", "src/lib.rs", "--chat-history-file",
                "/own/chat.md", "--restore-chat-history",
            ]
        )
        #expect(cold.arguments == warm.arguments)
        #expect(Agent.aider.promptIntake(request.start, []) == .input)
    }

    @Test(
        "A history or a message is refused in every spelling that Aider takes",
        arguments: ["--chat-hist=x", "--mess", "--no-restore", "--message-f", "-vm", "--exi"]
    )
    func refused(_ word: String) {
        #expect(throws: LaunchError.self) { try Agent.aider.command(request([word])) }
    }

    @Test("Unattended, first-run questions are switched off, and the caller's choices are kept")
    func unattended() throws {
        var request = request(attended: false)
        #expect(try Agent.aider.command(request).set.count == 5)
        request.environment["AIDER_ANALYTICS"] = Bytes("true".utf8)
        #expect(try !Agent.aider.command(request).set.contains { $0.name == "AIDER_ANALYTICS" })
    }

    @Test("A message of the environment, which would be sent at every start, is taken away and said")
    func message() throws {
        var request = request()
        request.environment["AIDER_MESSAGE"] = Bytes("x".utf8)
        let command = try Agent.aider.command(request)
        #expect(command.unset == ["AIDER_MESSAGE"] && command.warnings.map(\.code) == ["variable-removed"])
    }

    @Test("Where Aider would ask about a repository, or make one, that is said")
    func repository() throws {
        let scratch = try ScratchDirectory()
        func codes(allowAll: Bool, _ variables: KeyValuePairs<String, String> = [:]) -> [String] {
            let query = StoreQuery(
                environment: Environment(variables),
                home: "/h",
                workdir: scratch.path / "w",
                name: "default"
            )
            return Agent.aider.firstRun(query, allowAll, "0.86").map(\.code)
        }
        #expect(codes(allowAll: false) == ["first-run-dialog"])
        #expect(codes(allowAll: true) == ["git-repository-made"])
        #expect(codes(allowAll: true, ["AIDER_GIT": "false"]).isEmpty)
        try scratch.write("w/.git/HEAD", "")
        #expect(codes(allowAll: false).isEmpty)
    }
}

@Suite("Aider: its own settings", .timeLimit(.minutes(1)))
struct AiderSettingsTests {
    private func query(_ scratch: ScratchDirectory, _ environment: Environment = Environment()) -> StoreQuery
    {
        StoreQuery(
            environment: environment,
            home: scratch.path / "home",
            workdir: scratch.path / "repository/directory",
            name: "default"
        )
    }

    @Test(
        "The directory's files win over the repository's, these over the home's, and .env over the environment"
    )
    func order() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("repository/.git/HEAD", "")
        var environment = Environment()
        func found() -> String? {
            AiderSettings(query(scratch, environment)).value(of: "chat-history-file")?.text
        }
        #expect(found() == nil)
        for (number, folder) in ["home", "repository", "repository/directory"].enumerated() {
            try scratch.write("\(folder)/.aider.conf.yml", "chat-history-file: c\(number)\n")
            #expect(found() == "c\(number)")
        }
        environment["AIDER_CHAT_HISTORY_FILE"] = Bytes("e".utf8)
        #expect(found() == "e")
        for (number, folder) in ["home", "repository", "repository/directory"].enumerated() {
            try scratch.write("\(folder)/.env", "AIDER_CHAT_HISTORY_FILE=d\(number)\n")
            #expect(found() == "d\(number)")
        }
    }

    @Test(
        "A value may be quoted and have a comment behind it; other lines are none",
        arguments: [
            ("chat-history-file: a b.md", "a b.md"), ("chat-history-file:   'a # b'  # c", "a # b"),
            ("\"chat-history-file\" : a#b # c", "a#b"), ("--chat-history-file: a", "a"),
            ("chat-history-file: a\nchat-history-file: b\r\n", "b"), ("chat-history-file: null", nil),
            ("chat-history-file:", nil), ("#chat-history-file: a", nil), ("  chat-history-file: a", nil),
            ("chat-history-files: a", nil), ("chat-history-file:a", nil), ("chat_history_file: a", nil),
        ]
    )
    func values(_ text: String, _ expected: String?) throws {
        let scratch = try ScratchDirectory()
        try scratch.write("home/.aider.conf.yml", text)
        #expect(AiderSettings(query(scratch)).value(of: "chat-history-file")?.text == expected)
    }

    @Test("A message of its own, which it would send at every start, is a warning that names the file")
    func message() throws {
        for (file, text) in [(".env", "AIDER_MESSAGE_FILE=/task"), (".aider.conf.yml", "message: Fix it")] {
            let scratch = try ScratchDirectory()
            let path = try scratch.write("home/\(file)", text)
            let warnings = Agent.aider.firstRun(query(scratch), false, "0.86.2")
            let found = try #require(warnings.first { $0.code == "prompt-configured" })
            #expect(found.message.hasPrefix("\(path) sets message"))
        }
        let scratch = try ScratchDirectory()
        // What the environment says is taken away instead.
        let environment = Environment(["AIDER_MESSAGE": "Fix it"])
        let warnings = Agent.aider.firstRun(query(scratch, environment), false, "0.86.2")
        #expect(!warnings.contains { $0.code == "prompt-configured" })
    }
}
