import Testing

@testable import AgentLaunchCore

@Suite("Amazon Q: its one conversation of a directory", .timeLimit(.minutes(1)))
struct AmazonQStoreTests {
    @Test("Whatever a cold start would overwrite is found, readable or not")
    func overwritten() throws {
        func old(_ name: String) throws -> OldConversation? {
            let home = try StoredHome("amazonq", name)
            let query = StoreQuery(
                environment: Environment(),
                home: home.path,
                workdir: "/home/coder/project",
                name: "default"
            )
            var findings = Findings()
            return try AmazonQStore(query).overwritten(&findings)
        }
        let right = try #require(try old("own-two-turns"))
        #expect(right.id == "0c1a1b4e-5d32-4e0e-9d5c-6b7a3f2e1d00")
        #expect(try AmazonQConversation(right.content).messages == 4)
        let torn = try #require(try old("torn-value"))
        #expect(torn.id == nil && torn.content.count > 100)
        for name in ["cleared", "empty-history", "directory-below", "signed-in-only", "zero-byte"] {
            #expect(try old(name) == nil)
        }
        for name in ["not-sqlite", "value-is-a-blob", "truncated"] {
            #expect(throws: StoreFailure.self) { try old(name) }
        }
    }
}

@Suite("Amazon Q: its command line", .timeLimit(.minutes(1)))
struct AmazonQCommandTests {
    private let session = Session(
        id: "0c1a1b4e-5d32-4e0e-9d5c-6b7a3f2e1d00",
        store: "/h/data.sqlite3",
        state: .resumable
    )

    private func command(
        _ start: CommandRequest.Start,
        prompt: Bool = false,
        _ change: (inout CommandRequest) -> Void = { _ in }
    ) throws -> (words: String, warnings: [String]) {
        var request = CommandRequest(.amazonQ, start, prompt: prompt, attended: false, version: "1.19.7")
        change(&request)
        let command = try Agent.amazonQ.command(request)
        return (command.line, command.warnings.map(\.code))
    }

    @Test("Cold and warm differ by the one flag; the prompt comes last")
    func forms() throws {
        let cold = CommandRequest.Start.cold(NewSession())
        #expect(try command(cold).words == "q chat")
        #expect(try command(cold, prompt: true) == ("q chat -- PROMPT", []))
        #expect(try command(.warm(session)) == ("q chat --resume", ["resume-summarises"]))
        #expect(try command(.warm(session), prompt: true) == ("q chat --resume -- PROMPT", []))
        let full = try command(cold, prompt: true) {
            $0.model = "m"
            $0.allowAll = true
            $0.extra = [Bytes("-wnever".utf8)]
        }
        #expect(full.words == "q chat --model m --trust-all-tools -wnever -- PROMPT")
    }

    @Test("agentapi's address is looked for where Amazon Q and Kiro keep their tools' servers")
    func pinned() throws {
        let scratch = try ScratchDirectory()
        let entry =
            #"{"mcpServers": {"coder": {"env": {"CODER_MCP_AI_AGENTAPI_URL": "http://localhost:3284"}}}}"#
        let query = StoreQuery(
            environment: Environment(),
            home: scratch.path / "home",
            workdir: scratch.path / "work",
            name: "default"
        )
        for (agent, files) in [
            (
                Agent.amazonQ,
                [
                    "home/.aws/amazonq/mcp.json", "home/.aws/amazonq/cli-agents/a.json",
                    "work/.amazonq/mcp.json", "work/.amazonq/cli-agents/b.json",
                ]
            ),
            (
                .kiro,
                [
                    "home/.kiro/settings/mcp.json", "home/.kiro/agents/a.json",
                    "work/.kiro/settings/mcp.json", "work/.kiro/agents/b.json",
                ]
            ),
        ] {
            #expect(agent.pinnedURLs(query).isEmpty)
            for file in files { try scratch.write(file, entry) }
            #expect(
                Set(agent.pinnedURLs(query).map(\.file)) == Set(files.map { scratch.path / Bytes($0.utf8) })
            )
        }
    }

    @Test(
        "A word that would be the prompt, and a flag that would choose the session, are refused",
        arguments: [
            ["x"], ["-ar"], ["--agent", "a", "x"], ["-w", "never", "-r"], [""], ["-"], ["--model=m", "x"],
        ]
    )
    func refused(_ extra: [String]) {
        #expect(throws: LaunchError.self) {
            try command(.warm(session)) { $0.extra = extra.map { Bytes($0.utf8) } }
        }
    }

    @Test(
        "Values stand behind their flags",
        arguments: [
            ["--agent", "r"], ["-w", "never"], ["-wnever"], ["-aw", "never"], ["--agent=-r"], ["-a"],
        ]
    )
    func taken(_ extra: [String]) {
        #expect(throws: Never.self) {
            try command(.warm(session)) { $0.extra = extra.map { Bytes($0.utf8) } }
        }
    }
}

@Suite("What a cold start overwrites is saved first", .timeLimit(.minutes(1)))
struct ConversationBackupTests {
    private func names(_ backup: ConversationBackup) throws -> [String] {
        try namesInDirectory(backup.folder).map(\.lossyText)
    }

    @Test("By time and id, the last three")
    func keepsThree() throws {
        let scratch = try ScratchDirectory()
        let backup = ConversationBackup(scratch.path / "conversation")
        try backup.save(nil, at: .minute(0))
        let before = try fileStatus(backup.folder)
        #expect(before?.st_mode == nil)
        for minute in 1...5 {
            let old = OldConversation(id: minute == 4 ? nil : "c", content: Bytes("\(minute)".utf8))
            try backup.save(old, at: .minute(Int64(minute)))
        }
        #expect(
            try names(backup) == [
                "19700101000300000-c.json", "19700101000400000.json", "19700101000500000-c.json",
            ]
        )
        #expect(try contentsOfSmallFile(backup.folder / "19700101000500000-c.json") == Bytes("5".utf8))
    }

    @Test("A conversation that cannot be backed up is 73")
    func fails() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("conversation", "a file")
        let error = #expect(throws: LaunchError.self) {
            try ConversationBackup(scratch.path / "conversation").save(
                OldConversation(content: [1]),
                at: .minute(1)
            )
        }
        #expect(error?.status == .cannotCreate)
    }
}
