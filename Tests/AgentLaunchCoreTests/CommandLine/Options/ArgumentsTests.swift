import Testing

@testable import AgentLaunchCore

@Suite("Arguments", .timeLimit(.minutes(1)))
struct ArgumentsTests {
    @Test(
        "Options stand before or after the agent, with = or as the next word",
        arguments: [
            ["claude", "--model=m", "--fresh"], ["--model", "m", "claude", "--fresh"],
            ["--fresh", "--model=m", "claude"],
        ]
    )
    func anyOrder(_ arguments: [String]) throws {
        let request = try request(arguments + ["--direct"])
        #expect(request.agent == "claude")
        #expect(request.model == "m")
        #expect(request.conversation == .fresh)
    }

    @Test("The last of a repeated option wins, of opposite switches too")
    func lastWins() throws {
        #expect(try request(["claude", "--model", "a", "--model=b"]).model == "b")
        #expect(try request(["claude", "--agentapi", "--direct"]).transport?.value == .direct)
        #expect(try request(["claude", "--unattended", "--attended"]).attended?.value == true)
        #expect(try request(["claude", "--fresh", "--fresh=no"]).conversation == .automatic)
    }

    @Test("An option's value may begin with a dash, be -- or be an option's name")
    func valuesWithDashes() throws {
        #expect(try request(["claude", "--prompt", "--fresh"]).task?.origin == .text(bytes("--fresh")))
        #expect(try request(["claude", "--wrapper", "--"]).wrapper == [bytes("--")])
        #expect(try request(["claude", "--prompt==x"]).task?.origin == .text(bytes("=x")))
    }

    @Test("What follows -- is passed on byte for byte")
    func passedOn() throws {
        let raw: Bytes = [0xff, 0x0a, 0x27, 0x24]
        let request = try request(
            bytes: [bytes("codex"), bytes("--"), bytes("--fresh"), raw, bytes("--"), []],
            Environment()
        )
        #expect(request.arguments == [bytes("--fresh"), raw, bytes("--"), []])
        #expect(request.conversation == .automatic)
    }

    @Test(
        "A mistyped option names the nearest",
        arguments: [
            ("--promt", "did you mean --prompt?"), ("--promptfile=x", "did you mean --prompt-file?"),
            ("--prompt-fiel", "did you mean --prompt-file?"), ("--unatended", "did you mean --unattended?"),
            ("--wat", "did you mean --wait-ready?"), ("--dry_run", "did you mean --dry-run?"),
            ("-model", "did you mean --model?"),
        ]
    )
    func nearMiss(_ typed: String, _ hint: String) throws {
        let error = try refusal(["claude", typed])
        #expect(error.status == .usage)
        #expect(error.why == "unknown option")
        #expect(error.nextStep == (typed == "--wat" ? error.nextStep : hint))
    }

    @Test("Abbreviated options are not options, but a suggestion comes")
    func abbreviation() throws {
        let error = try refusal(["claude", "--work", "/tmp"])
        #expect(error.nextStep == "did you mean --workdir?")
    }

    @Test("Without a near match, help is suggested")
    func nothingNear() throws {
        let error = try refusal(["claude", "--zzzzzzzz"])
        #expect(error.nextStep.contains("agentlaunch --help"))
        #expect(try refusal(["claude", "-Z"]).why == "unknown option")
    }

    @Test("An unexpected argument suggests --prompt and is not shown: it may be the prompt")
    func strayWord() throws {
        let error = try refusal(["claude", "Fix the secret tests"])
        #expect(error.status == .usage)
        #expect(error.nextStep == "did you mean --prompt or --prompt-file?")
        #expect(!error.description.contains("secret"))
        #expect(try refusal(["claude", "word"]).nextStep == "did you mean --prompt or --prompt-file?")
    }

    @Test("The value of a mistyped option is not shown: it may be the prompt")
    func valueNotShown() throws {
        #expect(try !refusal(["claude", "--promt=secret words"]).description.contains("secret"))
        #expect(try !refusal(["do secret things"]).description.contains("secret"))
    }

    @Test("A switch's value as the next word is explained")
    func switchWord() throws {
        #expect(try refusal(["claude", "--fresh", "false"]).nextStep.contains("--fresh=false"))
    }

    @Test(
        "Switches take six values",
        arguments: [
            ("true", true), ("1", true), ("yes", true), ("false", false), ("0", false), ("no", false),
        ]
    )
    func switches(_ word: String, _ value: Bool) throws {
        #expect(try request(["claude", "--report-tasks=\(word)"]).reportTasks == value)
        #expect(try request(["claude", "--state-persistence=\(word)"]).statePersistence == value)
        #expect(
            try request(["claude", "--direct=\(word)", "--dry-run"]).transport?.value
                == (value ? .direct : .agentapi)
        )
        #expect(try request(["claude"], ["AGENTLAUNCH_ALLOW_ALL": word]).allowAll == value)
    }

    @Test("Any other value is an error", arguments: ["TRUE", "on", "2", "maybe", " true"])
    func notASwitch(_ word: String) throws {
        #expect(try refusal(["claude", "--report-tasks=\(word)"]).status == .usage)
        #expect(try refusal(["claude"], ["AGENTLAUNCH_FRESH": word]).what == "AGENTLAUNCH_FRESH")
    }

    @Test("A missing value is an error that names the value")
    func missingValue() throws {
        #expect(try refusal(["claude", "--model"]).nextStep == "use --model NAME")
    }

    @Test("Short options take their value attached or as the next word")
    func shortOptions() throws {
        for arguments in [["-o", "json"], ["-ojson"], ["--format=json"], ["--format", "json"]] {
            let invocation = try parse(["agents"] + arguments)
            #expect(invocation.options[.format]?.values == [bytes("json")])
        }
    }

    @Test("Empty means not given; an empty prompt warns; an empty wrapper clears the default")
    func empty() throws {
        let none = try request(["claude", "--model=", "--prompt=", "--session", "", "--fresh=", "--env="])
        #expect(none.model == nil)
        #expect(try request(["claude", "--model=a", "--model="]).model == nil)
        #expect(try request(["claude", "--wrapper=a", "--wrapper="]).wrapper == [bytes("a")])
        #expect(none.task == nil)
        #expect(none.sessionName == "default")
        #expect(none.conversation == .automatic)
        #expect(none.variables.isEmpty)
        #expect(none.warnings.map(\.code) == ["prompt-empty"])
        let boundary: KeyValuePairs = ["AGENTAPI_BOUNDARY_PREFIX": "/opt/box"]
        #expect(try request(["claude"], boundary).wrapper == [bytes("/opt/box")])
        #expect(try request(["claude", "--wrapper="], boundary).wrapper == [])
        #expect(try request(["claude", "--wrapper=", "--wrapper", "x"], boundary).wrapper == [bytes("x")])
    }
}
