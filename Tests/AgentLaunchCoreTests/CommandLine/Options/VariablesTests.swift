import Testing

@testable import AgentLaunchCore

@Suite("Variables", .timeLimit(.minutes(1)))
struct VariablesTests {
    @Test("A variable stands for its option, and the option wins")
    func optionWins() throws {
        let environment: KeyValuePairs = ["AGENTLAUNCH_MODEL": "v", "AGENTLAUNCH_TERM_WIDTH": "100"]
        #expect(try request(["claude"], environment).model == "v")
        #expect(try request(["claude"], environment).termWidth == 100)
        #expect(try request(["claude", "--model", "o"], environment).model == "o")
    }

    @Test("An empty variable is not given, and an empty option leaves it to the variable")
    func empty() throws {
        #expect(try request(["claude"], ["AGENTLAUNCH_PORT": "", "AGENTLAUNCH_PROMPT": ""]).task == nil)
        #expect(try request(["claude", "--model="], ["AGENTLAUNCH_MODEL": "v"]).model == "v")
    }

    @Test("Any prompt option silences all prompt variables")
    func silenced() throws {
        let environment: KeyValuePairs = ["AGENTLAUNCH_PROMPT": "v", "AGENTLAUNCH_RESUME_PROMPT": "r"]
        let request = try request(["claude", "--prompt-file", "f"], environment)
        #expect(request.task == PromptSource(.file("f"), "--prompt-file"))
        #expect(request.resumePrompt == PromptSource(.text(bytes("r")), "AGENTLAUNCH_RESUME_PROMPT"))
    }

    @Test("Two prompts are an error if both are options or both are variables")
    func twoPrompts() throws {
        let both: KeyValuePairs = ["AGENTLAUNCH_PROMPT": "a", "AGENTLAUNCH_PROMPT_FILE": "b"]
        #expect(try refusal(["claude"], both).status == .usage)
        #expect(try refusal(["claude", "--prompt=a", "--prompt-env=B"]).what == "--prompt and --prompt-env")
        #expect(try refusal(["claude", "--resume-prompt=a", "--resume-prompt-file=b"]).status == .usage)
        #expect(try request(["claude", "--prompt=", "--prompt-file=b"]).task?.origin == .file("b"))
    }

    @Test("Repeatable ones hold one value a line; an option replaces them all")
    func lines() throws {
        let environment: KeyValuePairs = [
            "AGENTLAUNCH_WRAPPER": "box\n--\n\nwith space\n", "AGENTLAUNCH_ENV": "A=1\nB",
        ]
        let request = try request(["claude"], environment)
        #expect(request.wrapper == [bytes("box"), bytes("--"), bytes("with space")])
        #expect(request.variables == [.set(name: bytes("A"), value: bytes("1")), .copy(name: bytes("B"))])
        #expect(
            try AgentLaunchCoreTests.request(["claude", "--wrapper", "x"], environment).wrapper == [
                bytes("x")
            ]
        )
    }

    @Test("Opposite switches share one variable")
    func pairs() throws {
        let direct = try request(
            ["claude"],
            ["AGENTLAUNCH_TRANSPORT": "direct", "AGENTLAUNCH_ATTENDED": "false"]
        )
        #expect(direct.transport == Request.Chosen(value: .direct, byOption: false))
        #expect(direct.attended == Request.Chosen(value: false, byOption: false))
        let option = try request(["claude", "--agentapi", "--dry-run"], ["AGENTLAUNCH_TRANSPORT": "direct"])
        #expect(option.transport == Request.Chosen(value: .agentapi, byOption: true))
        #expect(
            try refusal(["claude"], ["AGENTLAUNCH_TRANSPORT": "true"]).nextStep == "use agentapi or direct"
        )
        #expect(try refusal(["claude"], ["AGENTLAUNCH_ATTENDED": "maybe"]).status == .usage)
    }

    @Test(
        "An unknown name is a warning with the nearest",
        arguments: [
            ("AGENTLAUNCH_MODLE", "AGENTLAUNCH_MODEL"), ("AGENTLAUNCH_DIRECT", "AGENTLAUNCH_TRANSPORT"),
            ("AGENTLAUNCH_UNATTENDED", "AGENTLAUNCH_ATTENDED"),
            ("AGENTLAUNCH_PROMPTFILE", "AGENTLAUNCH_PROMPT_FILE"),
        ]
    )
    func unknown(_ name: String, _ meant: String) throws {
        var environment = Environment()
        environment[name] = bytes("secret")
        let warnings = try request(bytes: [bytes("claude")], environment).warnings
        #expect(warnings.map(\.code) == ["unknown-variable"])
        #expect(warnings.first?.message.contains("did you mean \(meant)?") == true)
        #expect(warnings.first?.message.contains("secret") == false)
    }

    @Test("A child inherits none of ours and no variable that held a prompt")
    func child() throws {
        let environment = Environment([
            "PATH": "/bin", "AGENTLAUNCH_MODEL": "x", "AGENTLAUNCH_ODD": "", "TASK": "t",
        ])
        let request = try request(bytes: ["claude", "--prompt-env", "TASK"].map(bytes), environment)
        #expect(request.promptVariables == ["TASK"])
        #expect(environment.forChild(without: request.promptVariables) == Environment(["PATH": "/bin"]))
    }
}
