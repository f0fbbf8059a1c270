import Testing

@testable import AgentLaunchCore

@Suite("Commands and agents", .timeLimit(.minutes(1)))
struct InvocationTests {
    @Test("No arguments mean help")
    func noArguments() throws {
        #expect(try parse([]).command == .help(.general))
    }

    @Test("Help and version come before every later mistake")
    func helpFirst() throws {
        #expect(try parse(["claude", "--help", "--bogus"]).command == .help(.agent("claude")))
        #expect(try parse(["-h"]).command == .help(.general))
        #expect(try parse(["claude-code", "-h"]).command == .help(.agent("claude")))
        #expect(try parse(["cluade", "--help"]).command == .help(.general))
        #expect(try parse(["--version", "extra"]).command == .version)
        #expect(try parse(["sessions", "--help"]).command == .help(.command(.sessions)))
        #expect(try parse(["status", "-h"]).command == .help(.command(.status)))
        #expect(try parse(["help", "claude-code"]).command == .help(.agent("claude")))
        #expect(try parse(["help", "stop"]).command == .help(.command(.stop)))
        #expect(try parse(["help"]).command == .help(.general))
    }

    @Test("After -- nothing is an option of ours")
    func helpAfterDashes() throws {
        #expect(try parse(["claude", "--", "--help"]).command == .start(agent: "claude"))
    }

    @Test("Aliases name the agent")
    func aliases() throws {
        #expect(try parse(["claude-code"]).command == .start(agent: "claude"))
    }

    @Test("An unknown agent names the nearest agent or command")
    func unknownAgent() throws {
        #expect(try refusal(["cluade"]).nextStep == "did you mean claude?")
        #expect(try refusal(["sesions"]).nextStep == "did you mean sessions?")
        #expect(try refusal(["codxe"]).nextStep == "did you mean codex?")
        #expect(try refusal(["xyzzyplugh"]).nextStep == "see agentlaunch --help")
        #expect(try refusal(["cluade"]).status == .usage)
    }

    @Test("Options without an agent are an error")
    func noAgent() throws {
        #expect(try refusal(["--dry-run"]).what == "AGENT")
        #expect(try refusal(["--", "claude"]).why == "missing argument before --")
    }

    @Test("Lists take an agent, and refuse an option of a start, saying where it belongs")
    func lists() throws {
        #expect(try parse(["agents"]).command == .agents)
        #expect(try parse(["sessions"]).command == .sessions(agent: nil))
        #expect(try parse(["sessions", "claude-code", "--all"]).command == .sessions(agent: "claude"))
        let error = try #require(throws: LaunchError.self) { try parse(["agents", "--prompt", "x"]) }
        #expect(error.why == "not an option for agents")
        #expect(error.nextStep == "it is for starting an agent")
        #expect(throws: LaunchError.self) { try parse(["agents", "claude"]) }
        #expect(throws: LaunchError.self) { try parse(["sessions", "--", "x"]) }
        #expect(throws: LaunchError.self) { try parse(["claude", "--tail", "3"]) }
    }

    @Test("Variables of starts are left alone by lists, and those of lists are read")
    func listVariables() throws {
        let invocation = try parse(
            ["agents"],
            ["AGENTLAUNCH_PORT": "nonsense", "AGENTLAUNCH_FRESH": "nonsense", "AGENTLAUNCH_FORMAT": "json"]
        )
        #expect(Set(invocation.options.keys) == [.format])
        #expect(invocation.warnings.isEmpty)
    }

    @Test(
        "Commands that are not available say so, once their arguments are right",
        arguments: [["doctor"], ["completions", "bash"]]
    )
    func notYetCommands(_ arguments: [String]) throws {
        let error = try #require(throws: LaunchError.self) { try parse(arguments) }
        #expect(error.status == .usage)
        #expect(error.what == arguments[0])
        #expect(error.why.contains("not available"))
    }

    @Test(
        "Their arguments are checked first",
        arguments: [
            ["wait"], ["stop"], ["stop", "claude", "--all"], ["completions"], ["completions", "csh"],
        ]
    )
    func commandWords(_ arguments: [String]) throws {
        let error = try #require(throws: LaunchError.self) { try parse(arguments) }
        #expect(!error.why.contains("not available"))
        #expect(error.status == .usage)
    }

    @Test("The options of lists are typed")
    func commandOptions() throws {
        let environment = Environment(["HOME": "/home/me"])
        let invocation = try Invocation.parse(
            arguments: ["sessions", "--all", "-o", "json", "--workdir", "~/x"].map(bytes),
            environment: environment,
            names: testNames
        )
        let options = try CommandOptions(invocation, environment: environment, currentDirectory: "/here")
        #expect(options.all)
        #expect(options.format == .json)
        #expect(options.workdir == "/home/me/x")
    }

    @Test("Custom needs a command")
    func custom() throws {
        #expect(try refusal(["custom"]).nextStep == "use agentlaunch custom -- COMMAND")
        #expect(try refusal(["custom", "--"]).status == .usage)
        #expect(try request(["custom", "--", "top", "-b"]).arguments == [bytes("top"), bytes("-b")])
    }

    @Test("No name or alias of an agent is another one's, or a command's")
    func namesAreUnique() {
        let names = Registry.agents.flatMap { [$0.name] + $0.aliases } + CommandName.typed.map(\.rawValue)
        #expect(Set(names).count == names.count)
        #expect(Registry.agents.map(\.name) == Registry.agents.map(\.name).sorted())
    }
}
