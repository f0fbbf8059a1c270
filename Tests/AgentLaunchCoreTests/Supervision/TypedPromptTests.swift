import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("A prompt that could not be typed", .timeLimit(.minutes(1)))
struct TypedPromptTests {
    private static let id = "T-019a0000-0000-7000-8000-000000000001"
    private static let task = TaskText("do the task")!

    /// Amp's, whose thread waits for its prompt, in a terminal that never shows what it is waited for.
    private final class Bench {
        private(set) var written: [Record] = []
        private(set) var warnings: [String] = []
        private let scratch: ScratchDirectory
        private let keys: (read: Int32, write: Int32)
        private lazy var relay = Relay(
            master: keys.write,
            input: keys.read,
            output: keys.write,
            watchers: [typed]
        )
        private var typed: TypedPrompt?
        private var now: Int64 = 0

        init() throws {
            scratch = try ScratchDirectory()
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { throw Errno.last }
            keys = (ends[0], ends[1])
            var record = DecisionBench.record(id)
            record.owesPrompt = true
            let watcher = ConversationWatcher(
                .amp,
                StoreQuery(environment: Environment(), home: scratch.path, workdir: "/w", name: "default"),
                record,
                awaiting: task,
                startedAt: .now(),
                keepsChat: false,
                mayBelongToOther: { _ in false },
                belongsToOther: { _ in false },
                write: { [unowned self] in written.append($0) }
            )
            var plan = LaunchPlan(
                agent: .amp,
                workdir: "/w",
                decision: Decision(verdict: .cold, reason: "", how: .derived, start: .cold(.init(id: id))),
                prompt: .init(action: .send, route: .typed, text: task.bytes),
                transport: .direct,
                transportCause: .terminal,
                isAttended: true,
                version: VersionAnswer(source: .notNeeded),
                findings: Findings()
            )
            plan.agentCommand = ["amp"]
            typed = TypedPrompt(plan, watcher, now: 0) { [unowned self] in warnings.append($0.code) }
        }

        deinit {
            close(keys.read)
            close(keys.write)
        }

        func send(_ text: String) {
            let bytes = Bytes(text.utf8)
            _ = bytes.withUnsafeBytes { write(keys.write, $0.baseAddress, $0.count) }
            _ = relay.readInput()
        }

        @discardableResult
        func pass(_ milliseconds: Int64, onTerminal: Bool = true) -> Bool? {
            now += milliseconds
            return typed?.type(into: &relay, now: now, isStopping: false, onTerminal: onTerminal)
        }

        var failure: LaunchError? { typed?.failure }
        func ended() { typed?.ended() }
    }

    @Test("is no longer owed once a person has sent something that no store shows")
    func leftToPerson() throws {
        let bench = try Bench()
        #expect(bench.pass(PromptTyping.patience) == true)
        #expect(bench.warnings == ["prompt-not-delivered"])
        bench.send("half")
        bench.pass(1)
        #expect(bench.written.isEmpty)
        bench.send(" of it\r")
        bench.pass(1)
        #expect(bench.written.map(\.owesPrompt) == [false])
        #expect(bench.written.first?.prompts.isEmpty == true)
        bench.pass(1)
        #expect(bench.written.count == 1)
    }

    @Test("stays owed as long as it may still be typed, whatever a person sends before it")
    func staysOwed() throws {
        let bench = try Bench()
        bench.pass(PromptTyping.patience - 1)
        bench.send("y\r")
        bench.pass(0)
        #expect(bench.written.isEmpty && bench.warnings.isEmpty)
    }

    @Test("fails the start if unattended")
    func nobodyThere() throws {
        let bench = try Bench()
        #expect(bench.pass(PromptTyping.patience, onTerminal: false) == false)
        #expect(bench.failure?.status == .unavailable)
        bench.ended()
        #expect(bench.written.isEmpty && bench.warnings.isEmpty)
    }
}
