import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("Following the agent to another conversation", .timeLimit(.minutes(1)))
struct ConversationFollowerTests {
    private static let first = ClaudeHome.id
    private static let second = "0000000b-0000-4000-8000-000000000000"
    private static let third = "0000000c-0000-4000-8000-000000000000"

    /// A follower, and what it told.
    private final class Watch {
        private(set) var moves: [String] = []
        private var follower: ConversationFollower?
        /// How often the agent was looked for.
        private var searches = 0

        init(
            _ agent: Agent,
            _ query: StoreQuery,
            _ current: String?,
            pids: @escaping () -> [Int32],
            others: Set<String> = [],
            passes: Bool = true
        ) {
            let made = ConversationFollower(
                agent,
                query,
                current: current,
                belongsToOther: others.contains,
                pids: { [unowned self] in
                    searches += 1
                    return pids()
                },
                onMove: { [unowned self] in moves.append($0.id) }
            )
            follower = made
            made.started()
            if passes { pass() }
        }

        /// One wait and one look; what is tried again later stays to be done.
        func wakeOnce() {
            guard let follower, let due = follower.deadline else { return }
            _ = poll(nil, 0, Int32(max(0, due - monotonicMilliseconds())))
            follower.wake()
        }

        var isBound: Bool { follower?.process != nil }

        /// Whatever it waits for passes: what became ready, and its own time. A look that took long, as on a busy
        /// machine, is followed by a long rest: that is waited for, as long as a sign was not looked at.
        func pass() {
            guard let follower else { return }
            var isOwed = follower.deadline != nil
            var goesOn: Bool
            repeat {
                var entries = follower.interests
                let now = monotonicMilliseconds()
                let wait = follower.deadline.map { Int32(min(1000, max(0, $0 - now))) } ?? 0
                if poll(&entries, nfds_t(entries.count), wait) > 0 { isOwed = true }
                let before = searches
                follower.wake()
                if searches > before { isOwed = false }
                // Longer ones are for an agent that is not there yet.
                goesOn =
                    follower.deadline.map {
                        isBound || isOwed || $0 - monotonicMilliseconds() < 1000
                    } ?? false
            } while goesOn
        }

        func identified(_ id: String) {
            follower?.identified(id)
            pass()
        }

        func ended() { follower?.ended() }
        var isIdle: Bool {
            var entries = follower?.interests ?? []
            return follower?.deadline == nil && poll(&entries, nfds_t(entries.count), 0) == 0
        }
    }

    // MARK: Claude Code: an entry in a register

    private struct Claude {
        let home: ClaudeHome
        let process: Sleeper

        init() throws {
            home = try ClaudeHome()
            process = try Sleeper(named: "claude")
            try say(first)
            try enter(first)
        }

        func say(_ id: String, _ text: JSONValue = "hi") throws { try home.write(id, ClaudeHome.user(text)) }

        func enter(_ id: String, _ process: Sleeper? = nil) throws {
            let process = process ?? self.process
            let ticks = try #require(ProcessStat(process.pid)).startTicks
            try home.scratch.write(
                ".claude/sessions/\(process.pid).json",
                #"{"pid":\#(process.pid),"sessionId":"\#(id)","procStart":"\#(ticks)"}"#
            )
        }

        func watch(_ more: Sleeper..., current: String? = first, others: Set<String> = []) -> Watch {
            // The order of /proc is no order.
            let pids = more.map(\.pid) + [process.pid]
            return Watch(.claude, home.query, current, pids: { pids }, others: others)
        }
    }

    @Test("A conversation that was cleared counts until something is said in the new one")
    func cleared() throws {
        let claude = try Claude()
        let watch = claude.watch()
        try claude.enter(Self.second)
        watch.pass()
        #expect(watch.moves.isEmpty, "there is nothing to resume yet")
        try claude.say(Self.second, "<command-name>/clear</command-name>")
        watch.pass()
        #expect(watch.moves.isEmpty, "a command is no message")
        try claude.say(Self.second)
        watch.pass()
        #expect(watch.moves == [Self.second])
        #expect(watch.isIdle, "nothing wakes it up without a sign")
    }

    @Test("A message in an unreadable place still counts after the agent has exited")
    func ended() throws {
        let claude = try Claude()
        let watch = claude.watch()
        try claude.enter(Self.second)
        watch.pass()
        try claude.say(Self.second)
        claude.process.kill()
        watch.ended()
        #expect(watch.moves == [Self.second])
    }

    @Test("The agent comes back to a conversation that it had left")
    func cameBack() throws {
        let claude = try Claude()
        let watch = claude.watch()
        for id in [Self.second, Self.third, Self.first] {
            try claude.say(id)
            try claude.enter(id)
            watch.pass()
        }
        #expect(watch.moves == [Self.second, Self.third, Self.first])
    }

    @Test("An agent that the agent starts is not followed, nor one whose conversation is another name's")
    func nested() throws {
        let claude = try Claude()
        let nested = try Sleeper(named: "claude")
        try claude.enter(Self.second, nested)
        try claude.say(Self.second)
        let watch = claude.watch(nested, others: [Self.third])
        try claude.say(Self.third)
        try claude.enter(Self.third)
        watch.pass()
        try claude.enter(Self.second, nested)
        watch.pass()
        #expect(watch.moves.isEmpty)
    }

    @Test("Of several that have our conversation open the oldest is the agent")
    func oldest() throws {
        let claude = try Claude()
        // Start times are in hundredths of a second.
        usleep(30_000)
        let tool = try Sleeper(named: "claude")
        try claude.enter(Self.first, tool)
        let watch = claude.watch(tool)
        try claude.say(Self.second)
        try claude.enter(Self.second, tool)
        watch.pass()
        #expect(watch.moves.isEmpty)
        try claude.enter(Self.second)
        watch.pass()
        #expect(watch.moves == [Self.second])
    }

    @Test("Before the id is known nothing is followed; then it is")
    func identified() throws {
        let claude = try Claude()
        let watch = claude.watch(current: nil)
        try claude.say(Self.second)
        #expect(watch.moves.isEmpty)
        watch.identified(Self.first)
        try claude.enter(Self.second)
        watch.pass()
        #expect(watch.moves == [Self.second])
    }

    @Test("The agent that opens its conversation only after the sign is found without another one")
    func late() throws {
        let scratch = try ScratchDirectory()
        let process = try Sleeper(named: "copilot")
        let folder = try scratch.makeDirectory(scratch.path / ".copilot/session-state/\(Self.first)")
        let query = StoreQuery(
            environment: Environment(),
            home: scratch.path,
            workdir: "/w",
            name: "default"
        )
        let watch = Watch(.copilot, query, Self.first, pids: { [process.pid] }, passes: false)
        watch.wakeOnce()
        // A lock in the session's own folder: nothing happens in the folder that is watched.
        try scratch.write(
            ".copilot/session-state/\(Self.first)/inuse.\(process.pid).lock",
            "\(process.pid)"
        )
        watch.pass()
        #expect(watch.isBound && (try? fileStatus(folder)) != nil)
        #expect(watch.isIdle)
    }

    @Test("The register's folder may come after the agent")
    func lateFolder() throws {
        let home = try ClaudeHome()
        let process = try Sleeper(named: "claude")
        let watch = Watch(.claude, home.query, Self.first, pids: { [process.pid] })
        let ticks = try #require(ProcessStat(process.pid)).startTicks
        for id in [Self.first, Self.second] {
            try home.write(id, ClaudeHome.user("hi"))
            try home.scratch.write(
                ".claude/sessions/\(process.pid).json",
                #"{"pid":\#(process.pid),"sessionId":"\#(id)","procStart":"\#(ticks)"}"#
            )
            watch.pass()
        }
        #expect(watch.moves == [Self.second])
    }

    // MARK: Codex: locks and rollouts that a process holds

    private func hold(_ file: Path, _ mode: Int32 = O_RDWR) -> Int32 {
        file.withCString { open($0, mode | O_CLOEXEC) }
    }

    @Test("A thread that Codex only reads for its list is not followed")
    func codexReads() throws {
        let threads = try CodexThreads()
        let said = CodexThreads.line(
            "response_item",
            ["type": "message", "role": "user", "content": [["type": "input_text", "text": "hi"]]],
            "2026-11-21T03:00:09.000Z"
        )
        let ids = [CodexThreads.id(1), CodexThreads.id(2)]
        let files = try ids.map { try threads.write($0, [CodexThreads.meta($0), CodexThreads.turn(), said]) }
        let held = [hold(files[0]), hold(files[1], O_RDONLY)]
        defer { for descriptor in held { close(descriptor) } }
        let store = Agent.codex.store(threads.query)
        #expect(store.sessionsOpen(inProcess: getpid()) == [ids[0]])
        let watch = Watch(.codex, threads.query, ids[0], pids: { [getpid()] })
        #expect(watch.isBound && watch.moves.isEmpty)
    }

    @Test(
        "Of the threads that Codex keeps open, the last active one counts",
        arguments: [true, false]
    )
    func codex(_ hasLocks: Bool) throws {
        let threads = try CodexThreads()
        var held: [Int32] = []
        defer { for descriptor in held { close(descriptor) } }
        func start(_ number: Int, _ time: String?) throws {
            let id = CodexThreads.id(number)
            if hasLocks {
                held.append(hold(try threads.scratch.write(".codex/thread-writer-locks/\(id).lock", "")))
            }
            guard let time else { return }
            let said = CodexThreads.line(
                "response_item",
                ["type": "message", "role": "user", "content": [["type": "input_text", "text": "hi"]]],
                time
            )
            held.append(hold(try threads.write(id, [CodexThreads.meta(id), CodexThreads.turn(), said])))
        }
        try start(2, "2026-11-21T03:00:02.000Z")
        let query = threads.query
        let watch = Watch(.codex, query, CodexThreads.id(2), pids: { [getpid()] })
        // `/new`, and nothing said yet.
        try start(3, nil)
        watch.pass()
        #expect(watch.moves.isEmpty)
        try start(3, "2026-11-21T03:00:03.000Z")
        watch.pass()
        #expect(watch.moves == [CodexThreads.id(3)])
        // `/resume` of an older thread, and something said there.
        try start(1, "2026-11-21T03:00:04.000Z")
        watch.pass()
        #expect(watch.moves == [CodexThreads.id(3), CodexThreads.id(1)])
        // One that is only opened again.
        try start(0, "2026-11-21T03:00:01.000Z")
        watch.pass()
        #expect(watch.moves.count == 2)
    }

    // MARK: Copilot: a lock that names the process

    @Test(
        "Copilot's locks name the process; /clear takes the old one away, /new leaves it",
        arguments: [true, false]
    )
    func copilot(_ leavesLock: Bool) throws {
        let scratch = try ScratchDirectory()
        let process = try Sleeper(named: "copilot")
        let root = ".copilot/session-state/"
        func enter(_ id: String, minute: Int?) throws -> Path {
            let lock = try scratch.write(root + "\(id)/inuse.\(process.pid).lock", "\(process.pid)")
            guard let minute else { return lock }
            func event(_ type: String, _ data: String) -> String {
                #"{"type":"\#(type)","data":\#(data),"id":"\#(id)","timestamp":"2026-11-21T03:0\#(minute):00.000Z","parentId":null}"#
            }
            let start = event("session.start", #"{"sessionId":"x","context":{"cwd":"/w"}}"#)
            let said = event("user.message", #"{"content":"hi"}"#)
            try scratch.write(root + "\(id)/events.jsonl", "\(start)\n\(said)\n")
            return lock
        }
        let old = try enter(Self.first, minute: 1)
        let query = StoreQuery(environment: Environment(), home: scratch.path, workdir: "/w", name: "default")
        let watch = Watch(.copilot, query, Self.first, pids: { [process.pid] })
        _ = try enter(Self.second, minute: nil)
        if !leavesLock { try removeFile(old) }
        watch.pass()
        #expect(watch.moves.isEmpty)
        _ = try enter(Self.second, minute: 2)
        watch.pass()
        #expect(watch.moves == [Self.second])
    }
}
