import Testing

@testable import AgentLaunchCore

@Suite("agentapi's address for Coder's MCP server", .timeLimit(.minutes(1)))
struct CoderURLTests {
    private static let name = "CODER_MCP_AI_AGENTAPI_URL"

    @Test(
        "It follows the port",
        arguments: [
            (nil, 3284, nil), (nil, 4000, "http://localhost:4000"),
            ("http://localhost:3284", 3284, "http://localhost:3284"),
            ("http://localhost:3284", 4000, "http://localhost:4000"),
            ("http://127.0.0.1:4000/", 4000, "http://127.0.0.1:4000/"),
            ("http://localhost:5000", 3284, "http://localhost:3284"),
            ("https://proxy.example.com", 3284, "https://proxy.example.com"),
            ("https://proxy.example.com", 4000, "http://localhost:4000"),
            ("", 3284, ""),
        ]
    )
    func follows(_ inherited: String?, _ port: Int, _ expected: String?) throws {
        var bench = PlanBench(words: ["--port", String(port)])
        if let inherited { bench.environment[Self.name] = Bytes(inherited.utf8) }
        #expect(try bench.child()[Self.name] == expected)
    }

    @Test("A port from the environment counts as one from the option")
    func inheritedPort() throws {
        let bench = PlanBench(environment: Environment(["AGENTAPI_PORT": "4000"]))
        #expect(try bench.child()[Self.name] == "http://localhost:4000")
    }

    @Test("The user's --env is kept")
    func usersOwn() throws {
        var bench = PlanBench(words: ["--port", "4000"])
        bench.environment[Self.name] = Bytes("http://localhost:5000".utf8)
        bench.own = [Self.name]
        #expect(try bench.child()[Self.name] == "http://localhost:5000")
    }

    @Test("Codex's and Goose's configurations are searched, whatever their syntax")
    func text() throws {
        let scratch = try ScratchDirectory()
        let texts: [(String, [Int])] = [
            ("", []),
            (
                "env = { CODER_AGENT_URL = \"x\", CODER_MCP_AI_AGENTAPI_URL = \"http://localhost:3284\" }",
                [3284]
            ),
            ("[mcp_servers.Coder.env]\nCODER_MCP_AI_AGENTAPI_URL = 'http://127.0.0.1:4000'\n", [4000]),
            ("    envs:\n      CODER_MCP_AI_AGENTAPI_URL: http://localhost:3284\r\n", [3284]),
            (
                "{\"CODER_MCP_AI_AGENTAPI_URL\":\"http://[::1]:1\",\"a\":{\"CODER_MCP_AI_AGENTAPI_URL\": \"http://localhost:2\"}}",
                [1, 2]
            ),
            ("# CODER_MCP_AI_AGENTAPI_URL: http://localhost:3284\n", []),
            ("CODER_MCP_AI_AGENTAPI_URL = \"\"", []), ("CODER_MCP_AI_AGENTAPI_URL", []),
            ("CODER_MCP_AI_AGENTAPI_URL: https://proxy.example.com:3284", []),
            ("CODER_MCP_AI_AGENTAPI_URL: http://localhost:", []),
            ("\u{0}\u{1}CODER_MCP_AI_AGENTAPI_URLCODER_MCP_AI_AGENTAPI_URL=http://localhost:7", [7]),
        ]
        for (text, ports) in texts {
            let file = try scratch.write("config", text)
            #expect(PinnedURL.inText(file).map(\.port) == ports, "\(text)")
        }
        #expect(PinnedURL.inText(scratch.path / "absent").isEmpty)
        #expect(PinnedURL.inText(scratch.path).isEmpty)
    }

    @Test(
        "Of Claude's configuration the user's servers, this directory's and those above it count, no other's"
    )
    func claude() throws {
        let scratch = try ScratchDirectory()
        let workdir = scratch.path / "project/deep"
        func servers(_ port: Int) -> String {
            #""mcpServers":{"coder":{"command":"x","env":{"CODER_MCP_AI_AGENTAPI_URL":"http://localhost:\#(port)"}}}"#
        }
        let project = scratch.path / "project"
        let other = scratch.path / "other"
        try scratch.write(
            ".claude.json",
            "{\(servers(1)),\"projects\":{\"\(workdir)\":{\(servers(2))},\"\(project)\":{\(servers(3))},\"\(other)\":{\(servers(4))}}}"
        )
        try scratch.write("project/deep/.mcp.json", "{\(servers(5))}")
        let query = StoreQuery(
            environment: Environment(),
            home: scratch.path,
            workdir: workdir,
            name: "default"
        )
        #expect(ClaudePinnedURL.find(query).map(\.port) == [1, 2, 3, 5])
        try scratch.write(".claude.json", "{torn")
        #expect(ClaudePinnedURL.find(query).map(\.port) == [5])
    }

    @Test("A script that a module put between counts only where the configuration starts it")
    func script() throws {
        let scratch = try ScratchDirectory()
        let script = try scratch.write(
            "wrapper.sh",
            "export \(Self.name)=\"http://localhost:3284\"\nexec coder\n"
        )
        let servers = try scratch.write("mcp.json", "{}")
        func found() -> [PinnedURL] { PinnedURL.inFiles([servers], orScript: script) }
        #expect(found().isEmpty)
        try scratch.write("mcp.json", #"{"mcpServers":{"coder":{"command":"\#(script)"}}}"#)
        #expect(found() == [PinnedURL(file: script, port: 3284)])
    }

    @Test("Copilot and Gemini read their servers where their variables say")
    func moved() throws {
        let text = #"{"mcpServers":{"coder":{"env":{"\#(Self.name)":"http://localhost:4000"}}}}"#
        for (agent, variable, files) in [
            (Agent.copilot, "COPILOT_HOME", [".copilot/mcp-config.json", "moved/mcp-config.json"]),
            (.gemini, "GEMINI_CLI_HOME", [".gemini/settings.json", "moved/.gemini/settings.json"]),
            (.gemini, "GEMINI_CLI_SYSTEM_SETTINGS_PATH", ["project/.gemini/settings.json", "moved"]),
        ] {
            let scratch = try ScratchDirectory()
            for (file, isMoved) in zip(files, [false, true]) {
                let path = try scratch.write(file, text)
                var environment = Environment()
                if isMoved { environment[variable] = (scratch.path / "moved").bytes }
                let query = StoreQuery(
                    environment: environment,
                    home: scratch.path,
                    workdir: scratch.path / "project",
                    name: "default"
                )
                #expect(agent.pinnedURLs(query).contains(PinnedURL(file: path, port: 4000)), "\(file)")
            }
        }
    }

    @Test("Only a different port is a warning")
    func warning() {
        var findings = Findings()
        findings.warn(pinned: [PinnedURL(file: "/a", port: 1), PinnedURL(file: "/b", port: 2)], port: 1)
        #expect(findings.warnings.map(\.code) == ["mcp-url-pinned"])
        #expect(findings.warnings.first?.message.contains("/b") == true)
    }
}
