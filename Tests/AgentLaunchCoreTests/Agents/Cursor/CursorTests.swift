import Testing

@testable import AgentLaunchCore

@Suite("Cursor: folders", .timeLimit(.minutes(1)))
struct CursorFoldersTests {
    private func query(_ variables: KeyValuePairs<String, String> = [:], home: Path = "/h") -> StoreQuery {
        StoreQuery(
            environment: Environment(variables),
            home: home,
            workdir: "/home/coder/project",
            name: "default"
        )
    }

    @Test("A workspace's folder is named by the MD5 of its path")
    func key() {
        #expect(CursorDirectories.key("/repo") == "6530f9eb448d96e7552a3c3a29b6cd2b")
        #expect(CursorDirectories.key("/home/coder/project") == "55dee274f7c48672e64c390c89fc9555")
    }

    @Test("CURSOR_CONFIG_DIR is the one root; without it every root that a release has used counts")
    func roots() {
        func roots(_ variables: KeyValuePairs<String, String> = [:]) -> [String] {
            CursorDirectories(query(variables)).roots.map(\.description)
        }
        #expect(roots() == ["/h/.config/cursor/chats", "/h/.cursor/chats"])
        #expect(
            roots(["XDG_CONFIG_HOME": "/x"]) == [
                "/x/cursor/chats", "/h/.config/cursor/chats", "/h/.cursor/chats",
            ]
        )
        #expect(
            roots(["XDG_CONFIG_HOME": "/h/.config"]) == ["/h/.config/cursor/chats", "/h/.cursor/chats"]
        )
        #expect(roots(["XDG_CONFIG_HOME": "/x", "CURSOR_CONFIG_DIR": "/c"]) == ["/c/chats"])
    }

    @Test("The record's root is the folder that holds this directory's chats")
    func root() throws {
        let scratch = try ScratchDirectory()
        func root() -> Path { CursorDirectories(query(home: scratch.path)).root }
        #expect(root() == scratch.path / ".config" / "cursor" / "chats")
        try scratch.write(".cursor/chats/\(CursorDirectories.key("/other"))/x", "")
        #expect(root() == scratch.path / ".cursor" / "chats")
        try scratch.write(".config/cursor/chats/\(CursorDirectories.key("/home/coder/project"))/x", "")
        #expect(root() == scratch.path / ".config" / "cursor" / "chats")
    }

    @Test("A login and a trusted directory are asked for only where they are missing")
    func firstRun() throws {
        let scratch = try ScratchDirectory()
        func warnings(_ version: Version, _ variables: KeyValuePairs<String, String> = [:]) -> Int {
            Agent.cursor.firstRun(query(variables, home: scratch.path), false, version).count
        }
        #expect(warnings("2026.09.10") == 1 && warnings("2026.06.29") == 2)
        #expect(warnings("2026.09.10", ["CURSOR_API_KEY": "x"]) == 0)
        try scratch.write(".config/cursor/auth.json", "{}")
        #expect(warnings("2026.06.29") == 1)
        try scratch.write(".cursor/projects/home-coder-project/.workspace-trusted", "{}")
        #expect(warnings("2026.06.29") == 0)
        #expect(warnings("2026.06.29", ["CURSOR_DATA_DIR": "/elsewhere"]) == 1)
    }
}

@Suite("Cursor: messages", .timeLimit(.minutes(1)))
struct CursorMessageTests {
    private func message(_ role: String, _ content: String) throws -> CursorMessage {
        try #require(CursorMessage(Bytes(#"{"role": "\#(role)", "content": \#(content)}"#.utf8)))
    }

    @Test("What somebody said stands in <user_query>; the workspace's description does not")
    func queries() throws {
        let task = try #require(TaskText("do the task"))
        let said = #"[{"type": "text", "text": "<user_query>\ndo the task\n</user_query>"}]"#
        #expect(try message("user", said).hasQuery && message("user", said).isTask(task) == true)
        #expect(try message("user", #""<user_query>\ndo the task\n</user_query>""#).isTask(task) == true)
        #expect(
            try !message("user", #"[{"type": "text", "text": "<user_info>\nLinux\n</user_info>"}]"#).hasQuery
        )
        #expect(try message("user", #"[{"type": "text", "text": "do the task"}]"#).isTask(task) == true)
        #expect(try message("user", #"[{"type": "text"}]"#).isTask(task) == nil)
        // The task itself may hold the marks.
        let odd = try #require(TaskText("say </user_query> twice"))
        let text = #"[{"type": "text", "text": "<user_query>\nsay </user_query> twice\n</user_query>"}]"#
        #expect(try message("user", text).isTask(odd) == true)
    }

    @Test("A turn is open after a question, a tool's result and a tool's call")
    func open() throws {
        #expect(try message("user", "[]").leavesTurnOpen == true)
        #expect(try message("tool", "[]").leavesTurnOpen == true)
        #expect(try message("assistant", #"[{"type": "text", "text": "done"}]"#).leavesTurnOpen == false)
        #expect(try message("assistant", #"[{"type": "tool-call"}]"#).leavesTurnOpen == true)
        #expect(try message("system", "[]").leavesTurnOpen == nil)
        #expect(CursorMessage([0x0a, 0x20]) == nil)
    }
}

@Suite("Cursor: command lines", .timeLimit(.minutes(1)))
struct CursorCommandTests {
    private let session = Session(
        id: "bf6f9b5f-82de-5594-a684-762bee8e85e6",
        directory: "/w",
        store: "/s",
        state: .resumable
    )

    private func request(_ start: CommandRequest.Start, prompt: Bool) -> CommandRequest {
        CommandRequest(.cursor, start, prompt: prompt, version: "2026.09.10")
    }

    @Test(
        "Only a UUID in small letters is an id",
        arguments: ["--force", "BF6F9B5F-82DE-5594-A684-762BEE8E85E6", "", "x"]
    )
    func ids(_ id: String) {
        #expect(!Agent.cursor.isSessionID(id))
        #expect(Agent.cursor.isSessionID(session.id))
    }

    @Test("The prompt comes last, and the id is one word with its flag")
    func forms() throws {
        let cold = try Agent.cursor.command(request(.cold(NewSession()), prompt: true))
        #expect(cold.arguments == ["cursor-agent", .prompt(prefix: "")])
        let warm = try Agent.cursor.command(request(.warm(session), prompt: false))
        #expect(warm.arguments == ["cursor-agent", .init("--resume=" + session.id)])
        var reuse = request(.reuse(session), prompt: true)
        reuse.model = "gpt-5"
        reuse.allowAll = true
        #expect(
            try Agent.cursor.command(reuse).arguments
                == [
                    "cursor-agent", "--model", "gpt-5", "-f", .init("--resume=" + session.id),
                    .prompt(prefix: ""),
                ]
        )
    }

    @Test("A prompt that would be a flag or a subcommand goes by agentapi")
    func misread() {
        for text in ["-x", "--help", "login", "create-chat"] {
            #expect(Agent.cursor.promptIntake(.cold(NewSession()), Bytes(text.utf8)) == .input, "\(text)")
        }
        for text in ["do it", "Login", String(repeating: "a", count: 41)] {
            #expect(Agent.cursor.promptIntake(.warm(session), Bytes(text.utf8)) == .argument(), "\(text)")
        }
    }

    @Test("An unattended start trusts its directory, from the release on that takes the flag")
    func trust() throws {
        var request = request(.warm(session), prompt: false)
        request.attended = false
        #expect(try Agent.cursor.command(request).arguments.contains("--trust"))
        request.extra = [Bytes("--trust".utf8)]
        #expect(try Agent.cursor.command(request).arguments.filter { $0 == "--trust" }.count == 1)
        request.extra = []
        request.version = "2026.07.19"
        #expect(try !Agent.cursor.command(request).arguments.contains("--trust"))
    }

    @Test("NODE_OPTIONS, with which it does not start, is taken away and said")
    func nodeOptions() throws {
        var request = request(.warm(session), prompt: false)
        #expect(try Agent.cursor.command(request).unset.isEmpty)
        request.environment["NODE_OPTIONS"] = Bytes("--inspect".utf8)
        let command = try Agent.cursor.command(request)
        #expect(command.unset == ["NODE_OPTIONS"] && command.warnings.map(\.code) == ["variable-removed"])
    }
}
