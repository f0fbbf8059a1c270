import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("Claude Code's store", .timeLimit(.minutes(1)))
struct ClaudeStoreTests {
    typealias Home = ClaudeHome

    @Test(
        "Folder names: each UTF-16 unit that is no ASCII letter or digit is a dash",
        arguments: [
            ("/home/coder/project", "-home-coder-project"), ("/", "-"), ("/a.b_c d@~\t-Z9", "-a-b-c-d----Z9"),
            ("/é😀/e\u{301}", "-----e-"),
        ]
    )
    func names(_ directory: String, _ name: String) {
        #expect(ClaudeDirectories.names(Path(directory)) == [name])
    }

    @Test("A name of 200 characters is not cut, one of 201 is; older releases' form is looked for too")
    func longNames() {
        #expect(ClaudeDirectories.names(Path("/" + String(repeating: "a", count: 199))).count == 1)
        let names = ClaudeDirectories.names(Path("/" + String(repeating: "a", count: 200)))
        #expect(
            names == [
                "-" + String(repeating: "a", count: 199) + "-"
                    + hash("/" + String(repeating: "a", count: 200)),
                "-" + String(repeating: "a", count: 200),
            ]
        )
        #expect(ClaudeDirectories.names(Path("/" + String(repeating: "a", count: 300))).count == 1)
    }

    /// The same hash by another way: polynomial in 31, modulo 2^32.
    private func hash(_ text: String) -> String {
        let sum = text.utf16.reduce(UInt64(0)) { ($0 * 31 + UInt64($1)) % (1 << 32) }
        return String(sum >= 1 << 31 ? (1 << 32) - sum : sum, radix: 36)
    }

    @Test("CLAUDE_CONFIG_DIR moves the store; empty it is unset; relative it starts at the workdir")
    func configurationFolder() {
        func root(_ value: String) -> Path {
            ClaudeStore(
                StoreQuery(
                    environment: Environment(["CLAUDE_CONFIG_DIR": value]),
                    home: "/h",
                    workdir: "/w",
                    name: "default"
                )
            ).root
        }
        #expect(root("/cfg") == "/cfg/projects")
        #expect(root("") == "/h/.claude/projects")
        #expect(root("cfg") == "/w/cfg/projects")
    }

    @Test("Messages, times, directory and the first message are read")
    func summary() throws {
        let home = try Home()
        try home.write(
            Home.id,
            Home.user("  do the task\n"),
            Home.answer("a", ["id": "m1", "stop_reason": nil]),
            Home.answer("b", ["id": "m1", "stop_reason": "end_turn"]),
            Home.user("more", ["timestamp": "2026-11-21T03:00:00.000Z"]),
            Home.answer("c")
        )
        let session = try #require(home.session())
        #expect(session.state == .resumable && session.messages == 4)
        #expect(session.directory == "/w/project")
        #expect(session.startedAt?.rfc3339 == "2026-11-21T02:00:00Z")
        #expect(session.updatedAt?.rfc3339 == "2026-11-21T03:00:00Z")
        #expect(session.firstMessage == .isTask && session.interrupted == false)
    }

    @Test(
        "The first message matches the prompt however it is wrapped, and nothing else does",
        arguments: [
            ("do the task", .isTask), ("Report progress. Your task at hand: do the task", .isTask),
            (
                [
                    ["type": "text", "text": "<ide_opened_file>x</ide_opened_file>"],
                    ["type": "text", "text": "do the task"],
                ], .isTask
            ),
            ("do the task, please", .isOther), ([["type": "image"]], .isOther), ("", .isOther),
        ] as [(JSONValue, Session.FirstMessage)]
    )
    func firstMessage(_ content: JSONValue, _ expected: Session.FirstMessage) throws {
        let home = try Home()
        try home.write(
            Home.id,
            Home.user("<command-name>/model</command-name>"),
            Home.user(content),
            Home.answer("x")
        )
        #expect(home.session()?.firstMessage == expected)
    }

    @Test("A task that is a slash command is known again by its line")
    func slashTask() throws {
        let home = try Home(task: "/review all of it")
        let command =
            "<command-message>review</command-message>\n<command-name>/review</command-name>\n<command-args>all of it</command-args>"
        try home.write(
            Home.id,
            Home.user(.string(command)),
            Home.user("expanded", ["isMeta": true]),
            Home.answer("x")
        )
        #expect(home.session()?.firstMessage == .isTask)
        let task = try #require(home.query.task)
        let session = try #require(home.session())
        #expect(home.store.contains(task, in: session) == true)
    }

    @Test("Without a task, and with a first message too long to keep, nothing is claimed")
    func unknownFirst() throws {
        let home = try Home(task: nil)
        try home.write(Home.id, Home.user("hi"))
        #expect(home.session()?.firstMessage == .unknown)
        let long = try Home()
        try long.write(Home.id, Home.user(.string(String(repeating: "x", count: 5 << 20))))
        #expect(long.session()?.state == .resumable)
        #expect(long.session()?.firstMessage == .unknown)
        let task = try #require(long.query.task)
        let session = try #require(long.session())
        #expect(long.store.contains(task, in: session) == nil)
    }

    @Test(
        "A turn is unfinished unless its last message is an answer that came to its end",
        arguments: [
            ([], false), ([ClaudeHome.user("more")], true),
            ([ClaudeHome.answer("x", ["stop_reason": "tool_use"])], true),
            (
                [
                    ClaudeHome.answer(
                        "No response requested.",
                        ["stop_reason": "stop_sequence", "model": "<synthetic>"]
                    )
                ], true
            ),
            ([ClaudeHome.answer("x", ["stop_reason": nil])], false),
            ([ClaudeHome.user([["type": "tool_result"]])], true),
            (
                [
                    ClaudeHome.user("<command-name>/exit</command-name>"),
                    ClaudeHome.user("reminder", ["isMeta": true]),
                ], false
            ),
            ([ClaudeHome.user("sub job", ["isSidechain": true])], false),
            ([#"{"type":"mode"}"#, #"{"type":"user","message":{"con"#], false),
        ]
    )
    func interrupted(_ more: [String], _ expected: Bool) throws {
        let home = try Home()
        let lines = [Home.user("hi"), Home.answer("done")] + more
        try home.scratch.write(home.folder + Home.id + ".jsonl", lines.joined(separator: "\n"))
        #expect(home.session()?.interrupted == expected)
    }

    @Test("All user messages are searched, queued ones too, answers and sub-agents' not")
    func contains() throws {
        let home = try Home()
        try home.write(
            Home.id,
            Home.user("first"),
            Home.answer("an answer"),
            Home.user("side", ["isSidechain": true]),
            Home.user("\nlater\r\nlines "),
            #"{"type":"attachment","attachment":{"type":"queued_command","prompt":"queued"}}"#
        )
        let session = try #require(home.session())
        for (text, expected) in [
            ("first", true), ("later\nlines", true), ("queued", true), ("an answer", false), ("side", false),
            ("none", false),
        ] {
            let task = try #require(TaskText(text))
            #expect(home.store.contains(task, in: session) == expected, "\(text)")
        }
    }

    @Test("A transcript too large to be read whole gives the same answers but the count")
    func large() throws {
        let home = try Home()
        let filler = #"{"type":"api-request-blob","x":""# + String(repeating: "y", count: 1 << 20) + "\"}"
        let lines =
            [Home.user("do the task")] + Array(repeating: filler, count: 9)
            + [Home.answer("done", ["stop_reason": "tool_use"]), filler]
        try home.scratch.write(home.folder + Home.id + ".jsonl", lines.joined(separator: "\n"))
        let session = try #require(home.session())
        #expect(session.state == .resumable && session.messages == nil)
        #expect(session.firstMessage == .isTask && session.interrupted == true)
        #expect(session.updatedAt?.rfc3339 == "2026-11-21T02:00:00Z")
    }

    @Test("A session of another directory is found by its id and is no candidate")
    func elsewhere() throws {
        let home = try Home()
        try home.scratch.write(".claude/projects/-other/\(Home.id).jsonl", Home.user("hi"))
        #expect(home.session()?.state == .resumable)
        var findings = Findings()
        #expect(home.store.candidates(&findings) == Candidates())
    }

    @Test(
        "An only message that a parser may or may not accept leaves it undecided",
        arguments: [
            "\0\0" + ClaudeHome.user("hi"), "\u{feff}" + ClaudeHome.user("hi"),
            #"{"x":"# + String(repeating: "[", count: 200) + String(repeating: "]", count: 200) + "}",
        ]
    )
    func doubt(_ line: String) throws {
        let home = try Home()
        try home.write(Home.id, #"{"type":"mode"}"#, line)
        var findings = Findings()
        guard case .unreadable(let failure) = home.store.find(Home.id, &findings) else {
            Issue.record("it was taken for certain")
            return
        }
        #expect(failure.kind == .damaged)
        try home.write(Home.id, #"{"type":"mode"}"#, line, Home.user("hi"))
        #expect(home.session()?.state == .resumable)
    }

    @Test("A link that leads nowhere is never an empty store")
    func neverAbsent() throws {
        for path in [".claude", ".claude/projects", ".claude/projects/-w-project"] {
            let home = try Home()
            try home.scratch.makeDirectory((home.scratch.path / path).parent)
            _ = (home.scratch.path / path).withCString { symlink("/nowhere/volume", $0) }
            var findings = Findings()
            #expect(home.store.failure(&findings) != nil, "\(path)")
            #expect(findings.evidence.contains { $0.status == .unreadable })
        }
        let home = try Home()
        try home.scratch.makeDirectory(home.scratch.path / home.folder)
        let link = home.scratch.path / (home.folder + Home.id + ".jsonl")
        _ = link.withCString { symlink("/nowhere/file", $0) }
        var findings = Findings()
        #expect(home.store.candidates(&findings).failures.map(\.path) == [link])
        guard case .unreadable = home.store.find(Home.id, &findings) else {
            Issue.record("a dangling transcript is not absent")
            return
        }
    }

    @Test("A FIFO with a session's name does not hang the reader")
    func fifo() throws {
        let home = try Home()
        try home.scratch.makeDirectory(home.scratch.path / home.folder)
        #expect(
            (home.scratch.path / (home.folder + Home.id + ".jsonl")).withCString { mkfifo($0, 0o600) } == 0
        )
        #expect(home.session()?.state == .dead)
    }

    @Test("The folder of a session without its file keeps the id from being used again")
    func leftFolder() throws {
        let home = try Home()
        let derived = DerivedID(agent: "claude", workdir: home.query.workdir, name: "default")
        try home.scratch.makeDirectory(home.scratch.path / (home.folder + derived.uuid(0) + "/subagents"))
        var findings = Findings()
        #expect(home.store.derived(&findings).new.id == derived.uuid(1))
    }

    @Test("The task session of an older script counts only where its lines name this directory")
    func legacy() throws {
        let task = "cd32e253-ca16-4fd3-9825-d837e74ae3c2"
        let home = try Home()
        var findings = Findings()
        #expect(home.store.legacy(&findings) == .absent)
        try home.write(task, Home.user("hi"))
        #expect(home.store.legacy(&findings) != .absent)
        try home.write(task, Home.user("hi", ["cwd": "/w-project"]))
        #expect(home.store.legacy(&findings) == .absent)
    }

    @Test("An open transcript's path tells the session, other paths do not")
    func openFile() throws {
        let home = try Home()
        #expect(
            home.store.sessionID(openFile: home.store.root / "-w-project" / "\(Home.id).jsonl") == Home.id
        )
        #expect(home.store.sessionID(openFile: home.store.root / "-w-project" / "agent-a481c5a.jsonl") == nil)
        #expect(home.store.sessionID(openFile: Path("/other/\(Home.id).jsonl")) == nil)
    }
}
