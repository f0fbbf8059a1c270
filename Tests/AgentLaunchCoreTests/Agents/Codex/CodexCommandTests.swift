import Testing

@testable import AgentLaunchCore

@Suite("Codex: its command line", .timeLimit(.minutes(1)))
struct CodexCommandTests {
    private let thread = Session(
        id: CodexThreads.id(1),
        store: Path("/h/.codex/sessions/rollout-2026-11-21T03-00-00-\(CodexThreads.id(1)).jsonl"),
        state: .resumable
    )

    private func words(
        _ start: CommandRequest.Start,
        version: Version = "0.163.0",
        prompt: Bool = false,
        _ change: (inout CommandRequest) -> Void = { _ in }
    ) throws -> String {
        var request = CommandRequest(
            start: start,
            prompt: prompt ? Agent.codex.promptIntake(start, []).argument : nil,
            workdir: "/home/coder/project",
            home: "/home/coder",
            attended: false,
            version: version,
            environment: Environment()
        )
        change(&request)
        let command = try Agent.codex.command(request)
        return command.line
    }

    @Test("Cold: the prompt comes last, behind the sign that ends the options")
    func cold() throws {
        let start = CommandRequest.Start.cold(NewSession())
        #expect(try words(start) == "codex --no-daemon -C /home/coder/project")
        #expect(try words(start, prompt: true) == "codex --no-daemon -C /home/coder/project -- PROMPT")
        let full = try words(start, prompt: true) {
            $0.model = "gpt-5"
            $0.allowAll = true
            $0.extra = [Bytes("--search".utf8)]
        }
        #expect(
            full == "codex --no-daemon -C /home/coder/project -m gpt-5 "
                + "--dangerously-bypass-approvals-and-sandbox --search -- PROMPT"
        )
    }

    @Test("Warm, and in a thread without messages: the same options, then the id")
    func warm() throws {
        let expected = "codex --no-daemon -C /home/coder/project resume \(thread.id)"
        #expect(try words(.warm(thread)) == expected)
        #expect(try words(.reuse(thread), prompt: true) == expected + " -- PROMPT")
    }

    @Test(
        "--no-daemon is passed from 0.156 on, and once",
        arguments: [("0.133.0", 0), ("0.153.4", 0), ("0.156.0", 1), ("0.163.0", 1), ("1.0.0", 1)]
            as [(Version, Int)]
    )
    func gatesDaemon(_ version: Version, _ times: Int) throws {
        for extra in [[], [Bytes("--no-daemon".utf8)]] where extra.isEmpty || times == 1 {
            let line = try words(.warm(thread), version: version) { $0.extra = extra }
            #expect(line.split(separator: " ").filter { $0 == "--no-daemon" }.count == times)
        }
    }

    @Test("A release that cannot read a packed rollout is not started with it")
    func refusesPacked() throws {
        var packed = thread
        packed.store = thread.store + ".zst"
        #expect(throws: LaunchError.self) { try words(.warm(packed), version: "0.133.0") }
        #expect(try words(.warm(packed), version: "0.147.0").hasSuffix("resume \(thread.id)"))
    }

    @Test(
        "An id is a UUID in its usual form",
        arguments: [
            ("01a1fbe2-a5a9-7573-bc3c-6cb2cb048494", true), ("01A1FBE2-A5A9-7573-BC3C-6CB2CB048494", true),
            ("01a1fbe2-a5a9-7573-bc3c-6cb2cb04849", false), ("01a1fbe2a5a97573bc3c6cb2cb048494aaaa", false),
            ("--last", false), ("01a1fbe2-a5a9-7573-bc3c-6cb2cb04849\n", false), ("", false),
        ]
    )
    func knowsIDs(_ text: String, _ expected: Bool) {
        #expect(Agent.codex.isSessionID(text) == expected)
    }

    @Test("Session flags and images are no arguments of both starts")
    func refuses() {
        #expect(
            Agent.codex.refusedArguments.isSuperset(of: [
                "resume", "--last", "-C", "--cd", "exec", "-i", "fork",
            ])
        )
        #expect(
            Agent.codex.refusedArguments.isDisjoint(with: ["-p", "-c", "--search", "--no-daemon", "--oss"])
        )
    }
}
