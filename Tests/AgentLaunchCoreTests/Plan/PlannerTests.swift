import Testing

@testable import AgentLaunchCore

@Suite("From the decision to the command", .timeLimit(.minutes(1)))
struct PlannerTests {
    private let cold = Decision(
        verdict: .cold,
        reason: "-",
        how: .derived,
        start: .cold(NewSession(id: "1142e558-ce23-44a4-9795-fedb65b0d13a"))
    )

    private func plan(
        _ decision: Decision,
        _ prompt: PromptDecision,
        _ transport: Transport,
        task: TaskText? = DecisionBench.task,
        _ words: String...
    ) throws(LaunchError) -> LaunchPlan {
        try PlanBench(words: words, transport: transport, task: task)
            .plan(decision, prompt.action, given: prompt.given)
    }

    private func words(_ plan: LaunchPlan) -> String {
        plan.shown(plan.command, showPrompt: true).joined(separator: " ")
    }

    @Test("Nothing is run where the state is unknown")
    func unknown() throws {
        let plan = try plan(.unknown(.test("x"), .derived, "-"), PromptDecision(action: .none), .direct)
        #expect(plan.command.isEmpty && plan.agentCommand.isEmpty)
        #expect(plan.prompt == .init(action: .none))
    }

    @Test("The prompt follows `--` when cold, the resume prompt when warm, and none if it is not given")
    func prompts() throws {
        let start = "claude --session-id 1142e558-ce23-44a4-9795-fedb65b0d13a"
        #expect(try words(plan(cold, PromptDecision(action: .send), .direct)) == start + " -- do the task")
        let warm = Decision.warm(session("a"), .record, "-")
        let again = PromptDecision(action: .resumePrompt, given: .this)
        #expect(try words(plan(warm, again, .direct)) == "claude --resume a -- go on")
        let skipped = try plan(warm, PromptDecision(action: .skip, given: .this), .direct)
        #expect(words(skipped) == "claude --resume a")
        #expect(skipped.prompt.text == DecisionBench.task.bytes && skipped.prompt.route == nil)
    }

    @Test("--report-tasks puts a sentence and a line break before the prompt, which is still recognised")
    func reportTasks() throws {
        let plan = try plan(cold, PromptDecision(action: .send), .direct, "--report-tasks")
        let text = try #require(plan.prompt.text?.text)
        #expect(text.contains("coder_report_task"))
        #expect(text.split(separator: "\n").count == 2)
        #expect(DecisionBench.task.matches(message: text))
    }

    @Test("The longest prompt that one argument can hold goes directly; one byte more only under agentapi")
    func limit() throws {
        let longest = TaskText(String(repeating: "x", count: 131_071))
        let longer = TaskText(String(repeating: "x", count: 131_072))
        let send = PromptDecision(action: .send)
        #expect(try plan(cold, send, .direct, task: longest).prompt.route == .argument)
        let error = #expect(throws: LaunchError.self) { try plan(cold, send, .direct, task: longer) }
        #expect(error?.status == .usage)
        #expect(error?.why.contains("131071") == true)
        let piped = try plan(cold, send, .agentapi, task: longer)
        #expect(piped.prompt.route == .stdin)
        #expect(piped.agentCommand.last == "1142e558-ce23-44a4-9795-fedb65b0d13a")
        let warm = try plan(.warm(session("a"), .record, "-"), send, .agentapi, task: longer)
        #expect(warm.prompt.route == .message)
        #expect(!words(warm).contains("--initial-prompt"))
    }

    @Test("agentapi, `--`, the wrapper's words and the agent stand in this order")
    func order() throws {
        let plan = try plan(
            cold,
            PromptDecision(action: .none),
            .agentapi,
            "--wrapper",
            "box",
            "--wrapper",
            "--"
        )
        #expect(
            words(plan) == "agentapi server --type claude --term-width 67 --term-height 1190 -- box -- "
                + "claude --session-id 1142e558-ce23-44a4-9795-fedb65b0d13a"
        )
    }

    @Test(
        "Options that choose a session, and `--`, cannot be passed to the agent",
        arguments: ["--resume", "--session-id=x", "-c", "--"]
    )
    func refused(_ word: String) {
        let error = #expect(throws: LaunchError.self) {
            try plan(cold, PromptDecision(action: .none), .direct, "--", word)
        }
        #expect(error?.status == .usage)
    }

    @Test("A printed plan contains neither the prompt nor the value of the user's variables")
    func secrets() throws {
        var plan = try plan(cold, PromptDecision(action: .send), .direct)
        plan.environment.set.append(.init(name: "TOKEN", value: Bytes("secret".utf8), isPrivate: true))
        for text in [plan.text(showPrompt: false), JSONWriter.pretty(plan.json(showPrompt: false)).lossyText]
        {
            #expect(!text.contains("do the task") && !text.contains("secret"))
            #expect(text.contains(DecisionBench.task.sha256) || text.contains("11 bytes"))
            #expect(text.contains("<6 bytes>"))
        }
        #expect(plan.text(showPrompt: true).contains("do the task"))
    }

    @Test("The printed command can be pasted: no word is broken, and lines end in a backslash")
    func paste() throws {
        let task = TaskText(
            "two  words, it's $(a) line\nand another " + String(repeating: "long ", count: 30)
        )
        let plan = try plan(cold, PromptDecision(action: .send), .agentapi, task: task)
        let text = plan.text(showPrompt: true).split(separator: "\n").map(String.init)
        let first = try #require(text.firstIndex { $0.hasPrefix("command") })
        var command = [String(text[first].dropFirst(15))]
        while command[command.count - 1].hasSuffix(" \\") { command.append(text[first + command.count]) }
        let scratch = try ScratchDirectory()
        let script = try scratch.write("script", "printf '%s\\0' " + command.joined(separator: "\n"))
        let printed = output(
            of: "/bin/bash",
            [script.bytes],
            environment: Environment(["PATH": "/usr/bin:/bin"]),
            milliseconds: 5000
        )
        let expected = plan.shown(plan.command, showPrompt: true).map { $0 + "\0" }.joined()
        #expect(printed == expected)
    }
}
