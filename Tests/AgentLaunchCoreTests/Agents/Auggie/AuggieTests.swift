import Testing

@testable import AgentLaunchCore

@Suite("Auggie: sessions", .timeLimit(.minutes(1)))
struct AuggieSessionTests {
    private let id = "239d908c-d7f3-5625-82bf-eea7431aeac1"

    private func exchange(_ asked: String, _ folder: String? = nil, answered: Bool = true) -> String {
        let state =
            folder.map { #","ide_state_node":{"workspace_folders":[{"folder_root":"\#($0)"}]}"# } ?? ""
        return #"""
            {"exchange":{"request_message":"\#(asked)","response_text":"\#(answered ? "done" : "")",
             "request_nodes":[{"type":4\#(state)}]},"completed":\#(answered)}
            """#
    }

    private func store(
        _ exchanges: [String],
        task: String? = nil,
        _ scratch: ScratchDirectory
    ) throws -> AuggieStore {
        let object = #"{"sessionId":"\#(id)","chatHistory":[\#(exchanges.joined(separator: ","))]}"#
        try scratch.write(".augment/sessions/\(id).json", object)
        var query = StoreQuery(environment: Environment(), home: scratch.path, workdir: "/w", name: "default")
        query.task = task.flatMap { TaskText($0) }
        return AuggieStore(query)
    }

    private func candidate(_ exchanges: [String], task: String? = nil) throws -> Session? {
        let scratch = try ScratchDirectory()
        var findings = Findings()
        return try store(exchanges, task: task, scratch).candidates(&findings).sessions.first
    }

    @Test("The first message is the first that somebody wrote; an exchange of a tool's result is none")
    func first() throws {
        let tool = exchange("", "/w")
        #expect(try candidate([tool, exchange("do it")], task: "do it")?.firstMessage == .isTask)
        #expect(
            try candidate([exchange("else", "/w"), exchange("do it")], task: "do it")?.firstMessage
                == .isOther
        )
        #expect(try candidate([exchange("Report.\\ndo it", "/w")], task: "do it")?.firstMessage == .isTask)
    }

    @Test("A turn without its answer is unfinished")
    func interrupted() throws {
        #expect(try candidate([exchange("a", "/w")])?.interrupted == false)
        #expect(try candidate([exchange("a", "/w"), exchange("b", answered: false)])?.interrupted == true)
    }

    @Test("Any message of the conversation is found, and one too long to be compared leaves it open")
    func contains() throws {
        let scratch = try ScratchDirectory()
        let long = exchange(String(repeating: "x", count: 9 << 20))
        for (exchanges, expected) in [
            ([exchange("a", "/w"), exchange("b")], true), ([exchange("a", "/w"), exchange("c")], false),
            ([exchange("a", "/w"), long], nil), ([long, exchange("b", "/w")], true),
        ] as [([String], Bool?)] {
            let store = try store(exchanges, scratch)
            var findings = Findings()
            guard case .found(let session) = store.find(id, &findings) else {
                Issue.record("the session is not there")
                return
            }
            #expect(store.contains(try #require(TaskText("b")), in: session) == expected)
        }
    }

    @Test("A login is asked for only where it is missing")
    func login() throws {
        let scratch = try ScratchDirectory()
        func warnings(_ variables: KeyValuePairs<String, String> = [:]) -> Int {
            let query = StoreQuery(
                environment: Environment(variables),
                home: scratch.path,
                workdir: "/w",
                name: "default"
            )
            return Agent.auggie.firstRun(query, false, "0.36").count
        }
        #expect(warnings() == 1 && warnings(["AUGMENT_SESSION_AUTH": "x"]) == 0)
        try scratch.write(".augment/session.json", "{}")
        #expect(warnings() == 0)
    }
}

@Suite("Auggie: command lines", .timeLimit(.minutes(1)))
struct AuggieCommandTests {
    private func request(_ start: CommandRequest.Start, prompt: Bool, attended: Bool = true) -> CommandRequest
    {
        CommandRequest(.auggie, start, prompt: prompt, attended: attended, version: "0.36")
    }

    private let session = Session(
        id: "239d908c-d7f3-5625-82bf-eea7431aeac1",
        store: "/s",
        state: .resumable
    )

    @Test("The workspace's root is always named, and the prompt is one word with its flag")
    func forms() throws {
        let cold = try Agent.auggie.command(request(.cold(NewSession()), prompt: true))
        #expect(
            cold.arguments == ["auggie", "--workspace-root", "/w", .prompt(prefix: "--instruction=")]
        )
        var warm = request(.warm(session), prompt: false)
        warm.model = "m"
        warm.extra = [Bytes("--compact".utf8)]
        let words = try Agent.auggie.command(warm).arguments
        #expect(
            words == [
                "auggie", "--workspace-root", "/w", "--model", "m", "--compact", "--resume",
                .init(session.id),
            ]
        )
    }

    @Test("An unattended start is not asked whether to index, and does not wait for an update")
    func unattended() throws {
        var request = request(.warm(session), prompt: false, attended: false)
        let command = try Agent.auggie.command(request)
        #expect(command.arguments.contains("--allow-indexing"))
        #expect(command.set.map(\.name) == ["AUGMENT_DISABLE_AUTO_UPDATE"])
        request.extra = [Bytes("--allow-indexing".utf8)]
        #expect(try Agent.auggie.command(request).arguments.filter { $0 == "--allow-indexing" }.count == 1)
    }

    @Test("Options that Auggie lacks are refused")
    func refused() throws {
        var request = request(.warm(session), prompt: false)
        request.allowAll = true
        #expect(throws: LaunchError.self) { try Agent.auggie.command(request) }
        request.allowAll = false
        for word in ["fix it", "-cm"] {
            request.extra = [Bytes(word.utf8)]
            #expect(throws: LaunchError.self) { try Agent.auggie.command(request) }
        }
    }
}
