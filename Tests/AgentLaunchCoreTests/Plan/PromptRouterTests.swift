import Testing

@testable import AgentLaunchCore

@Suite("How a prompt travels", .timeLimit(.minutes(1)))
struct PromptRouterTests {
    private func bench(_ agent: Agent, _ count: Int, _ transport: Transport = .agentapi) -> PlanBench {
        PlanBench(
            agent: agent,
            words: agent.programIsFirstArgument ? ["--", "claude"] : [],
            transport: transport,
            task: TaskText(String(repeating: "x", count: count))
        )
    }

    @Test(
        "Each delivery is used up to its limit, and the next one beyond it",
        arguments: [
            (Agent.claude, 131_071, PromptRoute.argument), (.claude, 131_072, .stdin),
            (.codex, 131_071, .argument), (.codex, 131_072, .stdin),
            (.custom, 122_880, .initialPrompt), (.custom, 122_881, .stdin), (.custom, 1 << 20, .stdin),
            (.goose, 1 << 20, .file),
        ]
    )
    func limits(_ agent: Agent, _ count: Int, _ route: PromptRoute) throws {
        let plan = try bench(agent, count).plan(PlanBench.cold, .send)
        #expect(plan.prompt.route == route)
        let arguments = plan.arguments(promptFile: "/f")
        // In one place, or in none where it goes by standard input or a file.
        let places = arguments.filter { $0.count >= count }.count
        #expect(places == (route == .argument || route == .initialPrompt ? 1 : 0))
        #expect(plan.words.contains("--initial-prompt=x") == (route == .initialPrompt))
        #expect(arguments.allSatisfy { $0.count <= 131_071 })
    }

    @Test("The option's name and the reporting sentence count towards the limit")
    func prefixes() throws {
        let flagged = Agent(
            name: "claude",
            title: "-",
            executable: "claude",
            install: "-",
            agentAPIType: "claude",
            newestKnown: "1.0",
            store: Agent.claude.store,
            isSessionID: { _ in true },
            command: { AgentCommand(arguments: ["claude"] + [$0.prompt].compactMap(\.self)) },
            promptIntake: { _, _ in .argument(prefix: "--prompt=") }
        )
        let longest = 131_071 - "--prompt=".utf8.count
        #expect(try bench(flagged, longest).plan(PlanBench.cold, .send).prompt.route == .argument)
        #expect(try bench(flagged, longest + 1).plan(PlanBench.cold, .send).prompt.route == .stdin)
        var reporting = bench(.claude, 131_071)
        reporting.words = ["--report-tasks"]
        #expect(try reporting.plan(PlanBench.cold, .send).prompt.route == .stdin)
    }

    @Test(
        "A warm conversation gets it as a message, never as an initial prompt",
        arguments: [9, 122_881, 1_000_000]
    )
    func warm(_ count: Int) throws {
        var bench = bench(.claude, max(count, 131_072))
        bench.release = "0.8.0"
        let plan = try bench.plan(PlanBench.warm, .send)
        #expect(plan.prompt.route == .message)
        #expect(!plan.words.contains("xxx"))
        #expect(!plan.words.contains("--initial-prompt"))
    }

    @Test("A message that agentapi would not read is refused before anything starts, with the limit")
    func longMessage() throws {
        #expect(try bench(.claude, (1 << 20) - 100).plan(PlanBench.warm, .send).prompt.route == .message)
        do throws(LaunchError) {
            _ = try bench(.claude, (1 << 20) - 10).plan(PlanBench.warm, .send)
            Issue.record("it was planned")
        } catch {
            #expect(error.status == .usage && error.why.contains("1048575"))
        }
    }

    @Test("A refused prompt is named by its own option")
    func named() throws {
        let words = ["--prompt", "a", "--resume-prompt", "b", "--", "claude"]
        let bench = PlanBench(agent: .custom, words: words, transport: .direct)
        for (action, option) in [
            (PromptDecision.Action.send, "--prompt"), (.resumePrompt, "--resume-prompt"),
        ] {
            let error = #expect(throws: LaunchError.self) { try bench.plan(PlanBench.warm, action) }
            #expect(error?.what == option)
        }
    }

    @Test("A direct start has no other delivery: 64 with the limit, or with the agent that takes none")
    func direct() throws {
        #expect(try bench(.claude, 131_071, .direct).plan(PlanBench.cold, .send).prompt.route == .argument)
        let long = #expect(throws: LaunchError.self) {
            try bench(.claude, 131_072, .direct).plan(PlanBench.cold, .send)
        }
        #expect(long?.status == .usage && long?.why.contains("131071") == true)
        #expect(throws: LaunchError.self) { try bench(.custom, 9, .direct).plan(PlanBench.cold, .send) }
    }

    @Test(
        "An agentapi too old for the delivery is named, with the release that is needed",
        arguments: [
            (Agent.custom, 9, Version("0.8.0"), Version("0.9.0")), (.custom, 122_881, "0.10.2", "0.11.0"),
            (.claude, 131_072, "0.10.2", "0.11.0"),
        ]
    )
    func tooOld(_ agent: Agent, _ count: Int, _ installed: Version, _ needed: Version) throws {
        var bench = bench(agent, count)
        bench.release = installed
        let error = #expect(throws: LaunchError.self) { try bench.plan(PlanBench.cold, .send) }
        #expect(error?.status == .usage)
        #expect(error?.description.contains("\(installed)") == true)
        #expect(error?.description.contains("\(needed)") == true)
        bench.release = needed
        _ = try bench.plan(PlanBench.cold, .send)
    }

    @Test("agentapi's release is asked only where the plan depends on it")
    func asked() throws {
        func needs(_ route: PromptRoute?, _ words: [String] = ["--state-persistence=false"]) throws -> Bool {
            try PlanBench(words: words).context().needsAgentAPIRelease(for: route)
        }
        #expect(try needs(nil, []))
        for route in [nil, PromptRoute.argument, .file, .message] { #expect(try !needs(route)) }
        #expect(try needs(.stdin) && needs(.initialPrompt))
        var newer = PlanBench(words: ["--state-persistence=false"])
        newer.agent.agentAPISince = "0.8.0"
        #expect(try newer.context().needsAgentAPIRelease(for: nil))
    }

    @Test("A release that lacks the agent's type runs it as custom, with a warning")
    func type() throws {
        var bench = PlanBench(words: ["--state-persistence=false"], release: "0.7.0")
        bench.agent.agentAPISince = "0.8.0"
        let plan = try bench.plan()
        #expect(plan.words.contains("--type custom "))
        #expect(plan.codes == ["agentapi-too-old"])
        bench.release = "0.8.0"
        #expect(try bench.plan().words.contains("--type claude "))
    }

    @Test("agentapi outside PATH is run by its full path")
    func fullPath() throws {
        let bench = PlanBench(executable: .found("/home/coder/.local/bin/agentapi", isOnPath: false))
        #expect(try bench.plan().words.hasPrefix("/home/coder/.local/bin/agentapi server "))
        for executable in [Executable.missing, .notExecutable("/usr/local/bin/agentapi")] {
            let plan = try PlanBench(executable: executable).plan()
            #expect(plan.codes == ["agentapi-not-found"])
            #expect(plan.words.hasPrefix("agentapi server "))
        }
    }
}

@Suite("The kernel's limits on arguments", .timeLimit(.minutes(1)))
struct ArgumentSpaceTests {
    private let space = ArgumentSpace(total: 1 << 20)

    private func refusal(_ arguments: [Bytes], _ environment: Environment = Environment()) -> LaunchError? {
        do throws(LaunchError) {
            try space.check("p", arguments, environment)
            return nil
        } catch {
            return error
        }
    }

    @Test("An argument and a variable with its name have the same limit")
    func strings() {
        let program = Bytes("p".utf8)
        #expect(refusal([program, Bytes(repeating: 0x78, count: 131_071)]) == nil)
        #expect(refusal([program, Bytes(repeating: 0x78, count: 131_072)])?.status == .usage)
        var environment = Environment()
        environment["NAME"] = Bytes(repeating: 0x78, count: 131_071 - 5)
        #expect(refusal([program], environment) == nil)
        environment["NAME"] = Bytes(repeating: 0x78, count: 131_071 - 4)
        let error = refusal([program], environment)
        #expect(error?.what == "NAME" && error?.description.contains("xxx") == false)
    }

    @Test("The computed limit is the kernel's, to the byte")
    func kernel() throws {
        let space = ArgumentSpace()
        let program: Path = "/bin/sh"
        var arguments = ["/bin/sh", "-c", "echo it runs"].map { Bytes($0.utf8) }
        var left = space.total - ArgumentSpace.cost(program, arguments, Environment())
        while left > 0 {
            let count = min(left - 9, 131_000)
            // No rest too short for a string of its own.
            let length = left - 9 - count < 9 && count < left - 9 ? count - 9 : count
            arguments.append(Bytes(repeating: 0x78, count: length))
            left -= length + 9
        }
        try space.check(program, arguments, Environment())
        func run() -> String? {
            output(
                of: program,
                Array(arguments.dropFirst()),
                environment: Environment(),
                milliseconds: 10_000
            )
        }
        #expect(run() == "it runs\n")
        arguments[arguments.count - 1].append(0x78)
        #expect(throws: LaunchError.self) { try space.check(program, arguments, Environment()) }
        #expect(run() == nil)
    }
}
