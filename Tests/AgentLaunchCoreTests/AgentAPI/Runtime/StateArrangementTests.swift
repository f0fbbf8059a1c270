import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("Whose chat agentapi's state file holds", .timeLimit(.minutes(1)))
struct StateArrangementTests {
    @Test("A cold start loads nothing; a warm one goes on with its chat, and no copy is left")
    func goesOn() throws {
        let bench = try StateBench()
        let cold = try bench.run("a", StateBench.cold("A"), bench.chat("user: hello", "agent: hi"))
        #expect(!cold.loads)
        #expect(try bench.record("a")?.stateFile == bench.path)
        #expect(try bench.record("a")?.stateSession == "A")
        let warm = try bench.run("a", StateBench.warm("A"), bench.chat("user: more"))
        #expect(warm.loads && warm.warnings.isEmpty)
        #expect(try bench.messages(bench.path) == ["user: hello", "agent: hi", "user: more"])
        #expect(try bench.stateFiles("a") == [])
    }

    @Test("While it runs a copy of its own bytes is kept for the owner only; after it, none")
    func copy() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A"), bench.chat("user: hello"))
        try bench.run("a", StateBench.warm("A")) { path, _ in
            let kept = bench.conversation("a") / "agentapi-state.A.json"
            let status = try #require(try fileStatus(kept))
            #expect(status.st_mode & 0o777 == 0o600 && status.st_nlink == 1)
            let (copy, chat) = (try contentsOfSmallFile(kept), try contentsOfSmallFile(path))
            #expect(copy == chat)
        }
        #expect(try bench.stateFiles("a") == [])
    }

    @Test("A run that never became ready wrote one screen over the chat: it is put back")
    func clobbered() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A"), bench.chat("user: hello", "agent: hi"))
        try bench.run("a", StateBench.warm("A"), bench.clobber)
        #expect(try bench.messages(bench.path) == ["user: hello", "agent: hi"])
        #expect(try bench.stateFiles("a") == [])
    }

    @Test("It is put back by the next start if the launcher was killed, and that start loads it")
    func clobberedAndKilled() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A"), bench.chat("user: hello", "agent: hi"))
        try bench.run("a", StateBench.warm("A"), settles: false, bench.clobber)
        let next = try bench.run("a", StateBench.warm("A"), bench.chat("user: more"))
        #expect(next.loads)
        #expect(try bench.messages(bench.path) == ["user: hello", "agent: hi", "user: more"])
        #expect(try bench.stateFiles("a") == [])
    }

    @Test("A copy that a killed launcher left behind does not undo what was saved since")
    func killedAfterSaving() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A"), bench.chat("user: hello", "agent: hi"))
        try bench.run("a", StateBench.warm("A"), settles: false, bench.chat("user: more"))
        try bench.run("a", StateBench.warm("A"), bench.chat("user: last"))
        #expect(
            try bench.messages(bench.path) == ["user: hello", "agent: hi", "user: more", "user: last"]
        )
    }

    @Test("A file that is gone, torn or empty after the run is put back", arguments: ["", "{", nil])
    func torn(_ text: String?) throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A"), bench.chat("user: hello"))
        try bench.run("a", StateBench.warm("A")) { path, _ in
            try removeFile(path)
            if let text { try bench.scratch.write("shared/chat.json", text) }
        }
        #expect(try bench.messages(bench.path) == ["user: hello"])
    }

    @Test("What a run that did not load the chat was told by its user is not lost when the chat is put back")
    func replacedChat() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A"), bench.chat("user: hello"))
        try bench.run("a", StateBench.warm("A")) { path, _ in
            try bench.save(["agent: login", "user: answer"], at: path)
        }
        #expect(try bench.messages(bench.path) == ["user: hello"])
        let aside = bench.conversation("a") / "agentapi-state.A.replaced.json"
        #expect(try bench.messages(aside) == ["agent: login", "user: answer"])
    }

    @Test("Two conversations that share a path in turn see each their own chat")
    func shared() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A"), bench.chat("user: I am A"))
        let second = try bench.run("b", StateBench.cold("B")) { path, loads in
            let isThere = try bench.exists(path)
            #expect(!loads && !isThere)
            try bench.save(["user: I am B"], at: path)
        }
        #expect(second.warnings.isEmpty)
        #expect(try bench.record("a")?.stateFile == bench.conversation("a") / "agentapi-state.A.json")
        try bench.run("a", StateBench.warm("A")) { path, loads in
            #expect(loads)
            try bench.expect(["user: I am A"], at: path)
        }
        try bench.run("b", StateBench.warm("B")) { path, loads in
            #expect(loads)
            try bench.expect(["user: I am B"], at: path)
        }
        #expect(try bench.stateFiles("a") == ["agentapi-state.A.json"])
        #expect(try bench.stateFiles("b") == [])
    }

    @Test("A new conversation of the same name moves the old chat away, and --resume brings it back")
    func freshAndBack() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A1"), bench.chat("user: one"))
        try bench.run("a", StateBench.cold("A2")) { path, loads in
            let isThere = try bench.exists(path)
            #expect(!loads && !isThere)
            try bench.save(["user: two"], at: path)
        }
        try bench.run("a", StateBench.warm("A1")) { path, loads in
            #expect(loads)
            try bench.expect(["user: one"], at: path)
        }
        #expect(try bench.messages(bench.conversation("a") / "agentapi-state.A2.json") == ["user: two"])
    }

    @Test("After a kill of everything the path holds this session's chat or nothing")
    func killed() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A"), bench.chat("user: I am A"))
        try bench.run("b", StateBench.cold("B"), settles: false) { _, _ in }
        #expect(try bench.exists(bench.path) == false)
        let again = try bench.run("b", StateBench.warm("B"), settles: false) { _, _ in }
        #expect(!again.loads)
        try bench.run("a", StateBench.warm("A"), settles: false) { _, loads in #expect(loads) }
        #expect(try bench.messages(bench.path) == ["user: I am A"])
    }

    @Test("A session resumed under another name takes its chat along")
    func otherName() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A"), bench.chat("user: I am A"))
        try bench.run("b", StateBench.warm("A"), at: bench.scratch.path / "shared/other.json") {
            path,
            loads in
            #expect(loads)
            try bench.expect(["user: I am A"], at: path)
        }
        #expect(try bench.record("a")?.stateFile == nil)
        #expect(try bench.exists(bench.path) == false)
    }

    @Test("A chat follows its conversation to another path")
    func otherPath() throws {
        let bench = try StateBench()
        let other = bench.scratch.path / "shared/deep/other.json"
        try bench.run("a", StateBench.cold("A"), bench.chat("user: hello"))
        let moved = try bench.run("a", StateBench.warm("A"), at: other, bench.chat("user: more"))
        #expect(moved.loads)
        #expect(try bench.messages(other) == ["user: hello", "user: more"])
        #expect(try bench.exists(bench.path) == false)
    }

    @Test("A file that nobody claims is never loaded and never lost")
    func unclaimed() throws {
        let bench = try StateBench()
        try bench.save(["user: whose?"], at: bench.path)
        let first = try bench.run("a", StateBench.warm("A"), bench.chat("user: mine"))
        #expect(!first.loads && first.warnings.map(\.code) == ["state-unclaimed"])
        try removeFile(bench.conversation("a") / "record.json")
        let second = try bench.decide("a", StateBench.warm("A"))
        #expect(!second.loads)
        try bench.run("a", StateBench.warm("A"), bench.chat("user: third"))
        let names = ["agentapi-state.unclaimed-2.json", "agentapi-state.unclaimed.json"]
        #expect(try bench.stateFiles("a") == names)
        #expect(try bench.messages(bench.conversation("a") / names[1]) == ["user: whose?"])
        #expect(try bench.messages(bench.conversation("a") / names[0]) == ["user: mine"])
    }

    @Test("A chat with a prompt that agentapi would send is not loaded and kept aside")
    func unsent() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A")) { _, _ in
            try bench.scratch.write(
                "shared/chat.json",
                StateBench.text(["user: x"], prompt: "p", sent: false)
            )
        }
        let next = try bench.run("a", StateBench.warm("A"), bench.chat("user: new"))
        #expect(!next.loads && next.warnings.map(\.code) == ["state-not-loaded"])
        #expect(try bench.messages(bench.path) == ["user: new"])
        #expect(try bench.stateFiles("a") == ["agentapi-state.A.unsent-prompt.json"])
        #expect(try bench.run("a", StateBench.warm("A")) { _, _ in }.loads)
    }

    @Test("A cold start of the same session removes a failed start's screen, and keeps what a user said")
    func sameSessionCold() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A"), bench.chat("agent: cannot start"))
        try bench.run("a", StateBench.cold("A"), bench.chat("user: said"))
        #expect(try bench.stateFiles("a") == [])
        try bench.run("a", StateBench.cold("A"), bench.chat("agent: cannot start"))
        #expect(try bench.stateFiles("a") == ["agentapi-state.A.earlier.json"])
    }

    @Test("A session whose id is captured only later owns what was saved before")
    func captured() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold(nil, name: "p-1"), bench.chat("user: hello"))
        let record = try #require(try bench.record("a"))
        #expect(record.stateFile == bench.path && record.stateSession == nil)
        #expect(try bench.decide("a", StateBench.warm("7", name: "p-1")).loads)
        #expect(try bench.decide("a", StateBench.warm("8", name: "p-2")).loads == false)
    }

    @Test("Two that run at once do not share a file: the second stops and nothing is moved")
    func atOnce() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A")) { path, _ in
            try bench.save(["user: I am A"], at: path)
            let second = StateArrangement(
                decision: try bench.decide("b", StateBench.cold("B")),
                root: bench.root
            )
            #expect(throws: LaunchError.self) { _ = try second.arrange() }
            let error = try #require(throws: LaunchError.self) { _ = try second.arrange() }
            #expect(error.status == .alreadyRunning && error.why.contains("pid \(getpid())"))
            try bench.expect(["user: I am A"], at: path)
        }
    }

    @Test("A chat is not taken from a conversation that runs now without agentapi")
    func runningElsewhere() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A"), bench.chat("user: I am A"))
        guard case .held(let lock) = try FileLock.take(bench.conversation("a") / StateDirectory.lock) else {
            Issue.record("not locked")
            return
        }
        let second = StateArrangement(decision: try bench.decide("b", StateBench.cold("B")), root: bench.root)
        let error = try #require(throws: LaunchError.self) { _ = try second.arrange() }
        #expect(error.status == .alreadyRunning)
        #expect(try bench.messages(bench.path) == ["user: I am A"])
        _ = consume lock
    }

    @Test("Deciding changes nothing, whatever stands there")
    func pure() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A"), bench.chat("user: I am A"))
        try bench.run("a", StateBench.warm("A"), settles: false, bench.clobber)
        func bytes() throws -> [Bytes?] {
            let files = try bench.stateFiles("a").map { bench.conversation("a") / $0 }
            let record = bench.conversation("a") / "record.json"
            return try (files + [bench.path, record]).map { try contentsOfSmallFile($0) }
        }
        let before = try bytes()
        for start in [StateBench.warm("A"), StateBench.cold("A"), StateBench.cold("B"), StateBench.warm("C")]
        {
            _ = try bench.decide("a", start)
            _ = try bench.decide("b", start)
        }
        #expect(try bytes() == before)
        #expect(try namesInDirectory(bench.root / "double").count == 1)
    }

    @Test("A folder in the file's place is left alone")
    func folder() throws {
        let bench = try StateBench()
        try bench.scratch.write("shared/chat.json/inside", "kept")
        let decision = try bench.run("a", StateBench.warm("A")) { _, loads in #expect(!loads) }
        #expect(decision.warnings.map(\.code) == ["state-not-kept"])
        #expect(try bench.exists(bench.path / "inside"))
    }

    @Test("A chat that cannot be kept safe stops the start, with its path")
    func cannotKeep() throws {
        let bench = try StateBench()
        try bench.run("a", StateBench.cold("A"), bench.chat("user: hello"))
        // A folder of that name cannot be replaced by a file.
        try bench.scratch.write("state/double/a/agentapi-state.A.json/x", "")
        let decision = try bench.decide("a", StateBench.warm("A"))
        let error = try #require(throws: LaunchError.self) {
            _ = try StateArrangement(decision: decision, root: bench.root).arrange()
        }
        #expect(error.status == .cannotCreate && error.what.contains("chat"))
        #expect(try bench.messages(bench.path) == ["user: hello"])
    }

    @Test("An id that is no file name stays within its conversation's directory")
    func names() {
        for token in ["../../x", "", "a/b", "unsent-prompt", String(repeating: "x", count: 300), ".", "ä"] {
            let path = StateFile.kept(token, in: "/c")
            #expect(path.parent == "/c" && path.lastComponent.count < 64)
        }
        #expect(StateFile.kept("20251121_1", in: "/c") == "/c/agentapi-state.20251121_1.json")
    }
}
