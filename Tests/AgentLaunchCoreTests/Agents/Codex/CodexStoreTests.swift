import Glibc
import Testing

@testable import AgentLaunchCore

private typealias Threads = CodexThreads

@Suite("Codex: its store", .timeLimit(.minutes(1)))
struct CodexStoreTests {
    private let id = Threads.id(1)
    private var findings = Findings()

    private func find(_ threads: Threads, _ task: String? = nil) -> Session? {
        var findings = Findings()
        guard case .found(let session) = threads.store(task).find(id, &findings) else { return nil }
        return session
    }

    @Test("A thread tells its id, directory, times and number of messages")
    func reads() throws {
        let threads = try Threads()
        try threads.write(
            id,
            [
                Threads.meta(id), Threads.turn(),
                Threads.message("user", "<environment_context>\n</environment_context>"),
                Threads.message("user", "do the task"), Threads.message("assistant", "done"),
                Threads.event("task_complete"),
            ]
        )
        let session = try #require(find(threads, "do the task"))
        #expect(session.id == id)
        #expect(session.directory == Threads.workdir)
        #expect(session.state == .resumable)
        #expect(session.messages == 2)
        #expect(session.startedAt?.rfc3339 == "2026-11-21T03:00:00Z")
        #expect(session.updatedAt?.rfc3339 == "2026-11-21T03:00:01Z")
        #expect(session.interrupted == false)
        #expect(session.firstMessage == .isTask)
    }

    @Test("A home below a file is a failure, not an absent store")
    func belowFile() throws {
        let folder = try ScratchDirectory()
        let file = try folder.write("file", "")
        var findings = Findings()
        func store(_ home: Path) -> CodexStore {
            CodexStore(
                StoreQuery(
                    environment: Environment(["CODEX_HOME": home.description]),
                    home: folder.path,
                    workdir: "/w",
                    name: "default"
                )
            )
        }
        #expect(store(file / "codex").failure(&findings) != nil)
        #expect(store(folder.path / "codex").failure(&findings) == nil)
    }

    @Test("An id is found in any letter case, and given as the file has it")
    func ignoresCase() throws {
        let threads = try Threads()
        let lower = "01a1fc00-0000-7000-8000-00000000abcd"
        try threads.write(lower, [Threads.meta(lower), Threads.message("user", "hello")])
        var findings = Findings()
        guard case .found(let session) = threads.store().find(lower.uppercased(), &findings) else {
            Issue.record("not found")
            return
        }
        #expect(session.id == lower)
    }

    @Test(
        "The last turn is interrupted unless something finished it",
        arguments: [
            ([Threads.event("task_started"), Threads.message("user", "a")], true),
            ([Threads.message("user", "a"), Threads.item("function_call")], true),
            ([Threads.message("user", "a"), Threads.item("function_call_output")], true),
            ([Threads.message("user", "a"), Threads.event("turn_aborted")], true),
            ([Threads.message("user", "a"), Threads.message("assistant", "b")], false),
            (
                [
                    Threads.message("user", "a"), Threads.message("assistant", "b"),
                    Threads.item("custom_tool_call"),
                ], true
            ),
            (
                [
                    Threads.message("user", "a"), Threads.message("assistant", "b"),
                    Threads.event("task_complete"),
                ], false
            ),
            (
                [
                    Threads.message("user", "a"), Threads.message("assistant", "b"),
                    Threads.event("task_complete"),
                    Threads.message(
                        "user",
                        "<subagent_notification>\n{}",
                        kinds: ["multi_agent.subagent_notification"]
                    ),
                ], false
            ),
            (
                [
                    Threads.message("user", "a"), Threads.message("assistant", "b"),
                    Threads.event("task_complete"),
                    Threads.event("task_started"), Threads.message("user", "c"),
                ], true
            ),
        ]
    )
    func tellsInterrupted(_ lines: [JSONValue], _ expected: Bool) throws {
        let threads = try Threads()
        try threads.write(id, [Threads.meta(id), Threads.turn()] + lines)
        #expect(find(threads)?.interrupted == expected)
    }

    @Test(
        "What Codex itself puts in is not taken for the first message",
        arguments: [
            [Threads.message("user", "# AGENTS.md instructions for /a\n\n<INSTRUCTIONS>x</INSTRUCTIONS>")],
            [
                Threads.message("user", "<user_instructions>\nx\n</user_instructions>"),
                Threads.message("user", "<skill>\nx"),
            ],
            [Threads.message("user", "something new", kinds: ["agents_md.instructions"])],
            [Threads.message("user", "# AGENTS.md instructions\n", "<environment_context>\n")],
        ]
    )
    func skipsContext(_ context: [JSONValue]) throws {
        let threads = try Threads()
        try threads.write(
            id,
            [Threads.meta(id)] + context + [Threads.turn(), Threads.message("user", "do the task")]
        )
        #expect(find(threads, "do the task")?.firstMessage == .isTask)
        #expect(find(threads, "another task")?.firstMessage == .isOther)
        try threads.write(id, [Threads.meta(id)] + context)
        #expect(find(threads)?.state == .empty)
        #expect(find(threads)?.firstMessage == Session.FirstMessage.none)
    }

    @Test("A task that looks like context is known by the kind that newer releases note")
    func believesKinds() throws {
        let threads = try Threads()
        let text = "<environment_context> is what I ask about"
        try threads.write(id, [Threads.meta(id), Threads.message("user", text, kinds: ["user.text"])])
        #expect(find(threads, text)?.firstMessage == .isTask)
    }

    @Test("A line that cannot be read before the first message leaves that message unknown")
    func doubtsDamage() throws {
        let threads = try Threads()
        let path = try threads.write(id, [Threads.meta(id), Threads.message("user", "later")])
        let whole = try #require(try contentsOfSmallFile(path))
        let end = try #require(whole.firstIndex(of: 0x0a))
        let damaged = whole[...end] + Bytes("{\"type\":\"response_item\",\"payl\n".utf8) + whole[(end + 1)...]
        try threads.scratch.write(Threads.file(id), Bytes(damaged))
        #expect(find(threads, "do the task")?.firstMessage == .unknown)
        #expect(find(threads, "later")?.firstMessage == .isTask)
    }

    @Test("A text is looked for in every message of the user, also those of the thread it was forked from")
    func contains() throws {
        let threads = try Threads()
        let child = Threads.id(2)
        try threads.write(
            id,
            [
                Threads.meta(id), Threads.message("user", "one"), Threads.message("assistant", "three"),
                Threads.message("user", "two"),
            ]
        )
        var payload = Threads.meta(child)["payload"]?.members ?? []
        payload.append(.init("history_base", ["thread_id": .string(id)]))
        try threads.write(
            child,
            [Threads.line("session_meta", .object(payload)), Threads.message("user", "four")]
        )
        var findings = Findings()
        let store = threads.store("one")
        guard case .found(let fork) = store.find(child, &findings) else {
            Issue.record("not found")
            return
        }
        #expect(fork.firstMessage == .isTask)
        for (text, expected) in [
            ("one", true), ("two", true), ("three", false), ("four", true), ("five", false),
        ] {
            #expect(store.contains(try #require(TaskText(text)), in: fork) == expected, "\(text)")
        }
        _ = threads.scratch.path.withCString { _ in unlink("\(threads.home)/\(Threads.file(id))") }
        #expect(store.contains(try #require(TaskText("five")), in: fork) == nil)
    }

    @Test("Archived threads and sub-agents are found and not resumable")
    func refuses() throws {
        let threads = try Threads()
        try threads.write(
            id,
            [Threads.meta(id), Threads.message("user", "a")],
            to: ".codex/archived_sessions/rollout-2026-11-21T03-00-00-\(id).jsonl"
        )
        #expect(find(threads)?.origin == .archived)
        #expect(find(threads)?.state == .dead)
        let members = (Threads.meta(id)["payload"]?.members ?? []).map {
            $0.name == "source" ? JSONValue.Member("source", ["subagent": "review"]) : $0
        }
        try threads.write(id, [Threads.line("session_meta", .object(members)), Threads.message("user", "a")])
        #expect(find(threads)?.origin == .subAgent)
        #expect(find(threads)?.state == .dead)
    }

    @Test(
        "A first line that Codex itself refuses makes the thread dead, whatever follows",
        arguments: [
            ("\"id\"", "\"ID\""), ("\"cwd\"", "\"CWD\""), ("\"originator\"", "\"o\""),
            ("\"cli_version\"", "\"c\""), ("\"xx", "\"\\ud800x"), ("\"xx", "\"\\ude00\\ud83dx"),
            ("{\"timestamp\"", "\u{0}\n{\"timestamp\""), ("{\"timestamp\"", "\u{feff}{\"timestamp\""),
            ("{\"timestamp\"", "{\"a\n{\"timestamp\""), ("\"xx", "\"\u{1}x"), ("session_meta", "event_msg"),
            ("\"source\":\"cli\"", "\"source\":null"), ("\"source\":\"cli\"", "\"source\":7"),
            ("{\"timestamp\"", "{\"a\":\(nested(127)),\"timestamp\""),
        ]
    )
    func refusesFirstLine(_ old: String, _ new: String) throws {
        try #require(try state(replacing: old, by: Bytes(new.utf8)) == .dead)
    }

    @Test(
        "A first line that Codex takes in spite of its looks is taken",
        arguments: [
            ("\"xx", "\"\\ud83d\\ude00x"), ("\"xx", "\"\\\\ud800x"),
            ("{\"timestamp\"", " \n\n {\"timestamp\""),
            ("\"source\"", "\"s\""), ("\"source\":\"cli\"", "\"source\":\"wharf\""),
            ("{\"timestamp\"", "{\"a\":\(nested(126)),\"timestamp\""),
        ]
    )
    func takesFirstLine(_ old: String, _ new: String) throws {
        try #require(try state(replacing: old, by: Bytes(new.utf8)) == .resumable)
    }

    @Test("A first line that is not UTF-8 is refused; of other lines it does not matter")
    func refusesBytes() throws {
        #expect(try state(replacing: "\"xx", by: Bytes("\"x".utf8) + [0xff]) == .dead)
        #expect(try state(replacing: "hello", by: [0xff]) == .resumable)
    }

    @Test(
        "A turn in a line that Codex skips says nothing about the directory",
        arguments: [[0xff], Bytes("\\ud800".utf8), Bytes("\\udc00".utf8)]
    )
    func skipsTurn(_ damage: Bytes) throws {
        let threads = try Threads()
        let lines = [
            Threads.meta(id), Threads.message("user", "a"), Threads.turn(), Threads.turn("/elsewhere"),
        ]
        let path = try threads.write(id, lines)
        #expect(find(threads)?.directory == "/elsewhere")
        let bytes = try #require(try contentsOfSmallFile(path))
        let model = Bytes("gpt-5-codex\"}}\n".utf8)
        try #require(bytes.suffix(model.count).elementsEqual(model))
        try threads.scratch.write(Threads.file(id), bytes.dropLast(model.count) + damage + model)
        #expect(find(threads)?.directory == Threads.workdir)
    }

    private func state(replacing old: String, by new: Bytes) throws -> Session.State? {
        let threads = try Threads()
        let path = try threads.write(id, [Threads.meta(id), Threads.message("user", "hello")])
        let bytes = try #require(try contentsOfSmallFile(path))
        let needle = Bytes(old.utf8)
        let at = try #require(bytes.indices.first { bytes[$0...].starts(with: needle) })
        try threads.scratch.write(Threads.file(id), Bytes(bytes[..<at]) + new + bytes[(at + needle.count)...])
        return find(threads)?.state
    }

    @Test("A file or folder that cannot be read is trouble, not absence")
    func reportsTrouble() throws {
        let threads = try Threads()
        let folder = try threads.scratch.makeDirectory(threads.home / ".codex/sessions/2026")
        let loop = "\(folder)/rollout-2026-11-21T03-00-00-\(id).jsonl"
        #expect(symlink(loop, loop) == 0)
        var findings = Findings()
        guard case .unreadable(let failure) = threads.store().find(id, &findings) else {
            Issue.record("not reported")
            return
        }
        #expect(failure.path == Path(loop))
        #expect(threads.store().candidates(&findings).failures.map(\.path) == [Path(loop)])
        let other = try Threads()
        try other.scratch.write(".codex/sessions", "a file")
        #expect(other.store().failure(&findings)?.path == other.home / ".codex/sessions")
    }

    @Test("Where Codex never ran there is nothing, and no trouble")
    func isAbsent() throws {
        let threads = try Threads()
        var findings = Findings()
        #expect(threads.store().failure(&findings) == nil)
        #expect(threads.store().candidates(&findings) == Candidates())
        #expect(threads.store().find(id, &findings) == .absent)
        #expect(threads.store().legacy(&findings) == .absent)
    }

    @Test("CODEX_HOME moves the threads, the old module's file stays in the home directory")
    func obeysCodexHome() throws {
        var threads = try Threads()
        threads.environment["CODEX_HOME"] = (threads.home / "elsewhere").bytes
        try threads.scratch.write(".codex-module/.codex-task-session", "\(Threads.workdir)|\(id)\n")
        try threads.write(id, [Threads.meta(id), Threads.message("user", "a")])
        var findings = Findings()
        #expect(threads.store().find(id, &findings) == .absent)
        #expect(threads.store().legacy(&findings) == .absent)
        try threads.write(
            id,
            [Threads.meta(id), Threads.message("user", "a")],
            to: "elsewhere/sessions/rollout-2026-11-21T03-00-00-\(id).jsonl"
        )
        guard case .found = threads.store().legacy(&findings) else {
            Issue.record("not found")
            return
        }
        #expect(threads.store().root == threads.home / "elsewhere/sessions")
    }

    @Test("A directory is the same through a link and with a slash at its end")
    func comparesPhysically() throws {
        let threads = try Threads()
        let real = try threads.scratch.makeDirectory(threads.home / "real")
        #expect(symlink("\(real)", "\(threads.home)/link") == 0)
        for (number, directory) in ["link", "real/", "link2"].enumerated() {
            let id = Threads.id(number)
            try threads.write(
                id,
                [Threads.meta(id, directory: "\(threads.home)/\(directory)"), Threads.message("user", "a")]
            )
        }
        var findings = Findings()
        let found = threads.store(workdir: real).candidates(&findings).sessions.map(\.id)
        #expect(found == [Threads.id(0), Threads.id(1)])
    }

    @Test("The thread of an open file is told by its lock and by its rollout, unless it is a sub-agent's")
    func tellsOpenThreads() throws {
        let threads = try Threads()
        let locks = threads.home / ".codex/thread-writer-locks"
        let store = threads.store()
        #expect(store.sessionID(openFile: locks / "\(id).lock") == id)
        #expect(store.sessionID(openFile: threads.home / Threads.file(id)) == id)
        #expect(store.sessionID(openFile: "/elsewhere" / "\(id).lock") == nil)
        #expect(store.sessionID(openFile: threads.home / ".codex/state_5.sqlite") == nil)
        let members = (Threads.meta(id)["payload"]?.members ?? []).map {
            $0.name == "thread_source" ? JSONValue.Member("thread_source", "subagent") : $0
        }
        try threads.write(id, [Threads.line("session_meta", .object(members))])
        #expect(store.sessionID(openFile: locks / "\(id).lock") == nil)
    }

    @Test("A thread is open while somebody holds the lock on its file, not while the file is there")
    func tellsHolder() throws {
        let threads = try Threads()
        try threads.write(id, [Threads.meta(id), Threads.message("user", "a")])
        let session = try #require(find(threads))
        let lock = try threads.scratch.write(".codex/thread-writer-locks/\(id).lock", "")
        #expect(threads.store().holder(of: session) == nil)
        let descriptor = lock.withCString { open($0, O_RDWR | O_CLOEXEC) }
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        #expect(threads.store().holder(of: session) == getpid())
        close(descriptor)
        #expect(threads.store().holder(of: session) == nil)
    }

    @Test("Of two thousand rollouts those of this directory are found")
    func findsAmongMany() throws {
        let threads = try Threads()
        for number in 0..<2000 {
            let id = Threads.id(number)
            let directory = number % 400 == 0 ? "\(Threads.workdir)" : "/home/coder/p\(number % 40)"
            var lines = [Threads.meta(id, directory: directory, instructions: 100)]
            for _ in 0..<3 {
                lines += [
                    Threads.turn(directory), Threads.message("user", "do the task"),
                    Threads.item("function_call"),
                    Threads.item("function_call_output"), Threads.message("assistant", "done"),
                    Threads.event("task_complete"),
                ]
            }
            try threads.write(
                id,
                lines,
                to: ".codex/sessions/2026/11/\(number % 28 + 1)/rollout-2026-11-21T03-00-00-\(id).jsonl"
            )
        }
        var findings = Findings()
        let clock = ContinuousClock()
        var found: [Session] = []
        let time = clock.measure { found = threads.store("do the task").candidates(&findings).sessions }
        print("candidates among 2000 rollouts: \(time)")
        #expect(found.count == 5)
        #expect(findings.evidence.count < 20)
    }
}

private func nested(_ depth: Int) -> String {
    String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
}
