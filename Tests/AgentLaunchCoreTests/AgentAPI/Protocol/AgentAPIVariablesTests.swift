import Testing

@testable import AgentLaunchCore

@Suite("Variables that agentapi would inherit", .timeLimit(.minutes(1)))
struct AgentAPIVariablesTests {
    private func bench(_ pairs: KeyValuePairs<String, String>, _ words: String...) -> PlanBench {
        PlanBench(words: words, environment: Environment(pairs))
    }

    @Test("What Coder's main.sh exports is kept, but for LOAD_STATE, which only a state of its own may have")
    func coder() throws {
        let exported: KeyValuePairs = [
            "LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8", "AGENTAPI_BOUNDARY_PREFIX": "",
            "AGENTAPI_CHAT_BASE_PATH": "/@owner/space.agent/apps/slug/chat", "AGENTAPI_ALLOWED_HOSTS": "*",
            "AGENTAPI_PID_FILE": "/home/coder/.m/agentapi.pid",
            "AGENTAPI_STATE_FILE": "/home/coder/.m/agentapi-state.json", "AGENTAPI_SAVE_STATE": "true",
            "AGENTAPI_LOAD_STATE": "true",
        ]
        let bench = bench(exported)
        var expected = Dictionary(uniqueKeysWithValues: exported.map { ($0.key, $0.value) })
        expected["AGENTAPI_LOAD_STATE"] = "false"
        expected["PWD"] = "/home/coder/project"
        #expect(try bench.child() == expected)
        let plan = try bench.plan()
        #expect(plan.codes.isEmpty)
        #expect(plan.server?.stateFile == "/home/coder/.m/agentapi-state.json")
        #expect(plan.server?.pidFile == "/home/coder/.m/agentapi.pid")
        let kept = plan.findings.evidence.filter { $0.finding.hasPrefix("kept") }.map(\.source)
        #expect(
            kept == [
                "AGENTAPI_ALLOWED_HOSTS", "AGENTAPI_CHAT_BASE_PATH", "AGENTAPI_PID_FILE",
                "AGENTAPI_SAVE_STATE", "AGENTAPI_STATE_FILE",
            ]
        )
    }

    @Test("Files that nobody named are in the conversation's own directory")
    func files() throws {
        let child = try bench([:]).child()
        #expect(child["AGENTAPI_STATE_FILE"] == "/state/agentapi-state.json")
        #expect(child["AGENTAPI_PID_FILE"] == "/state/agentapi.pid")
    }

    @Test("An empty variable counts as unset", arguments: ["STATE_FILE", "PID_FILE", "PORT", "SAVE_STATE"])
    func empty(_ key: String) throws {
        let plan = try bench(["AGENTAPI_" + key: ""]).plan()
        #expect(plan.server == (try bench([:]).plan().server))
        #expect(plan.codes.isEmpty)
    }

    @Test(
        "The state of a session is loaded on a warm start, if the file is there and the release keeps states"
    )
    func load() throws {
        var bench = PlanBench()
        #expect(try bench.child(PlanBench.warm)["AGENTAPI_LOAD_STATE"] == "false")
        bench.ownsStateFile = true
        #expect(try bench.child(PlanBench.warm)["AGENTAPI_LOAD_STATE"] == "true")
        #expect(try bench.child()["AGENTAPI_LOAD_STATE"] == "false")
        bench.release = "0.11.8"
        #expect(try bench.child(PlanBench.warm)["AGENTAPI_LOAD_STATE"] == "false")
        #expect(try bench.plan(PlanBench.warm).codes == ["state-not-kept"])
        bench.release = "0.12.0"
        #expect(try bench.child(PlanBench.warm)["AGENTAPI_LOAD_STATE"] == "true")
        #expect(try bench.plan(PlanBench.warm).codes.isEmpty)
    }

    @Test("Without persistence nothing about a state is left, and nothing is said about old releases")
    func noState() throws {
        var bench = bench(
            ["AGENTAPI_STATE_FILE": "x", "AGENTAPI_SAVE_STATE": "perhaps", "AGENTAPI_LOAD_STATE": "true"],
            "--state-persistence=false"
        )
        bench.release = "0.11.8"
        #expect(try bench.child().keys.filter { $0.contains("STATE") }.isEmpty)
        let plan = try bench.plan()
        #expect(plan.server?.stateFile == nil && plan.server?.loadsState == false)
        #expect(plan.codes.isEmpty)
    }

    @Test("A relative path begins where agentapi runs, and becomes absolute; a ~ is no home directory there")
    func relative() throws {
        let bench = bench(["AGENTAPI_STATE_FILE": "m/state.json", "AGENTAPI_PID_FILE": "~/p"])
        let child = try bench.child()
        #expect(child["AGENTAPI_STATE_FILE"] == "/home/coder/project/m/state.json")
        #expect(child["AGENTAPI_PID_FILE"] == "/home/coder/project/~/p")
        let plan = try bench.plan()
        #expect(plan.codes == ["path-not-expanded"])
        #expect(plan.server?.stateFile == "/home/coder/project/m/state.json")
        // What was inherited is the user's, and shown by its length only.
        #expect(!plan.text(showPrompt: false).contains("m/state.json"))
    }

    @Test(
        "Variables that would make agentapi exit or not serve are removed with a warning",
        arguments: ["TYPE", "EXIT", "PRINT_OPENAPI", "EXPERIMENTAL_ACP", "SOMETHING_NEW"]
    )
    func removed(_ key: String) throws {
        let name = "AGENTAPI_" + key
        var bench = bench([name: "1"])
        let plan = try bench.plan()
        #expect(plan.codes == ["agentapi-variable-removed"])
        #expect(plan.environment.unset == [name])
        // The user's own is treated alike, and is not shown as set and removed.
        bench.own = [name]
        #expect(try bench.plan().environment == plan.environment)
        #expect(try bench.child()[name] == nil)
    }

    @Test("A prompt in the environment would be given at every start, and is refused; an empty one is none")
    func initialPrompt() throws {
        let error = #expect(throws: LaunchError.self) {
            try bench(["AGENTAPI_INITIAL_PROMPT": "do it"]).plan()
        }
        #expect(error?.status == .usage)
        #expect(try bench(["AGENTAPI_INITIAL_PROMPT": ""]).plan().codes.isEmpty)
    }

    @Test(
        "Values that agentapi would reject late or misread are refused before the start",
        arguments: [
            ("PORT", "0"), ("PORT", "65536"), ("PORT", "abc"), ("PORT", "010"), ("PORT", " 80"),
            ("PORT", "+80"),
            ("TERM_WIDTH", "9"), ("TERM_WIDTH", "65536"), ("TERM_HEIGHT", "x"), ("SAVE_STATE", "yes"),
            ("SAVE_STATE", "TRUe"), ("ALLOWED_HOSTS", "a,b"), ("ALLOWED_HOSTS", " "),
            ("ALLOWED_HOSTS", "http://a"), ("ALLOWED_HOSTS", "a:80"), ("ALLOWED_HOSTS", "ok ::1"),
            ("ALLOWED_HOSTS", "[::1]:80"), ("ALLOWED_HOSTS", "[::1"), ("ALLOWED_HOSTS", "a%zz"),
            ("ALLOWED_ORIGINS", "http://a,http://b"), ("ALLOWED_ORIGINS", "\t"),
            ("ALLOWED_ORIGINS", "127.0.0.1:3000"), ("ALLOWED_ORIGINS", "http://a:b"),
        ]
    )
    func refused(_ key: String, _ value: String) {
        let error = #expect(throws: LaunchError.self) { try bench(["AGENTAPI_" + key: value]).plan() }
        #expect(error?.status == .usage)
        #expect(error?.what == "AGENTAPI_" + key)
    }

    @Test(
        "Values that agentapi accepts are kept unchanged",
        arguments: [
            ("PORT", "1"), ("PORT", "65535"), ("TERM_WIDTH", "10"), ("TERM_HEIGHT", "65535"),
            ("SAVE_STATE", "F"), ("SAVE_STATE", "TRUE"), ("ALLOWED_HOSTS", "localhost 127.0.0.1\t[::1]"),
            ("ALLOWED_HOSTS", "a,b *"), ("ALLOWED_HOSTS", "dev.example.com"),
            ("ALLOWED_ORIGINS", "https://example.com http://[::1]:3000 localhost"),
            ("ALLOWED_ORIGINS", "x,y *"),
            ("ALLOWED_ORIGINS", "localhost:3000"), ("CHAT_BASE_PATH", "chat"),
        ]
    )
    func kept(_ key: String, _ value: String) throws {
        let bench = bench(["AGENTAPI_" + key: value])
        #expect(try bench.child()["AGENTAPI_" + key] == value)
        #expect(try bench.plan().codes.isEmpty)
    }

    @Test("An option wins, and the variable that it overrides is not checked")
    func options() throws {
        let bench = bench(
            ["AGENTAPI_PORT": "abc", "AGENTAPI_TERM_WIDTH": "1", "AGENTAPI_TERM_HEIGHT": "100"],
            "--port",
            "4000",
            "--term-width",
            "90"
        )
        let plan = try bench.plan()
        #expect(
            plan.words.hasPrefix(
                "agentapi server --type claude --term-width 90 --term-height 100 --port 4000 -- claude"
            )
        )
        #expect(plan.server?.port == 4000)
        let ignored = plan.findings.evidence.filter { $0.status == .ignored }
        #expect(ignored.map(\.source) == ["AGENTAPI_PORT", "AGENTAPI_TERM_WIDTH"])
    }

    @Test("The boundary prefix is the wrapper, is hidden from agentapi and kept for the agent")
    func boundary() throws {
        // The request takes it from the environment as its default.
        let bench = bench(["AGENTAPI_BOUNDARY_PREFIX": "/box"], "--wrapper", "/box")
        let plan = try bench.plan()
        #expect(plan.words.contains(" -- /box claude "))
        #expect(plan.codes.isEmpty)
        #expect(try bench.child()["AGENTAPI_BOUNDARY_PREFIX"] == "/box")
    }

    @Test("The directory is passed on, and the sizes of another terminal are not")
    func terminal() throws {
        for transport in [Transport.agentapi, .direct] {
            var bench = bench(["PWD": "/elsewhere", "LINES": "24", "COLUMNS": "80"])
            bench.own = ["PWD", "LINES"]
            bench.transport = transport
            let plan = try bench.plan()
            #expect(plan.environment.set.filter { $0.name == "PWD" }.map(\.shown) == ["/home/coder/project"])
            #expect(plan.environment.unset == ["LINES", "COLUMNS"])
            let child = try bench.child()
            #expect(child["PWD"] == "/home/coder/project" && child["LINES"] == nil && child["COLUMNS"] == nil)
        }
        #expect(try bench([:]).plan().environment.unset.isEmpty)
    }

    @Test("A direct start leaves agentapi's variables alone")
    func direct() throws {
        var bench = bench(["AGENTAPI_INITIAL_PROMPT": "x", "AGENTAPI_TYPE": "y", "AGENTAPI_PORT": "z"])
        bench.transport = .direct
        let plan = try bench.plan()
        #expect(plan.codes.isEmpty && plan.server == nil)
        #expect(plan.environment.set.map(\.name) == ["PWD"] && plan.environment.unset.isEmpty)
    }
}
