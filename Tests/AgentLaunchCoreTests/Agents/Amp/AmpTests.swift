import Testing

@testable import AgentLaunchCore

@Suite("Amp", .timeLimit(.minutes(1)))
struct AmpTests {
    private let id = "T-019a0000-0000-7000-8000-000000000001"

    private func request(_ start: CommandRequest.Start, prompt: Bool = false) -> CommandRequest {
        CommandRequest(.amp, start, prompt: prompt, version: "0.0.1785")
    }

    @Test(
        "Only T- and a UUID in small letters is an id",
        arguments: [
            "--last", "T-", "T---last", "019a0000-0000-7000-8000-000000000001",
            "T-019A0000-0000-7000-8000-000000000001",
            "https://ampcode.com/threads/T-019a0000-0000-7000-8000-000000000001",
        ]
    )
    func ids(_ text: String) {
        #expect(!Agent.amp.isSessionID(text) && Agent.amp.isSessionID(id))
    }

    @Test("What `threads new` prints is an id or its address, once")
    func printed() {
        let other = "T-019a0000-0000-7000-8000-000000000002"
        for text in ["\(id)\n", "https://ampcode.com/threads/\(id)\n", "Thread \(id) (\(id))"] {
            #expect(Agent.amp.onlyID(in: text) == id, "\(text)")
        }
        for text in ["", "error", "\(id) \(other)", id + "x", "x" + id] {
            #expect(Agent.amp.onlyID(in: text) == nil, "\(text)")
        }
    }

    @Test("A cold start goes on with a thread that is still to be made, and a warm one with one unverified")
    func forms() throws {
        var cold = request(.cold(NewSession()), prompt: true)
        cold.extra = [Bytes("--mode".utf8), Bytes("smart".utf8)]
        let command = try Agent.amp.command(cold)
        #expect(
            command.arguments == ["amp", "--mode", "smart", "threads", "continue", .newThread]
                && command.warnings.isEmpty && Agent.amp.promptIntake(cold.start, []) == .input
        )
        let session = Session(id: id, store: "/s", state: .resumable)
        let warm = try Agent.amp.command(request(.warm(session)))
        #expect(warm.arguments == ["amp", "threads", "continue", .init(id)])
        #expect(warm.warnings.map(\.code) == ["not-verified"])
    }

    @Test("Options that Amp lacks, and those that would choose a thread, are refused")
    func refused() {
        var model = request(.cold(NewSession()))
        model.model = "m"
        var all = request(.cold(NewSession()))
        all.allowAll = true
        var word = request(.cold(NewSession()))
        word.extra = [Bytes("last".utf8)]
        for request in [model, all, word] {
            #expect(throws: LaunchError.self) { try Agent.amp.command(request) }
        }
    }

    @Test("A valid ID is accepted, whatever is on this machine")
    func anyID() throws {
        let scratch = try ScratchDirectory()
        let store = AmpStore(
            StoreQuery(environment: Environment(), home: scratch.path, workdir: "/w", name: "default")
        )
        var findings = Findings()
        for text in ["", "{", #"{"id":"\#(id)","messages":[]}"#] {
            try scratch.write(".local/share/amp/threads/\(id).json", text)
            guard case .found(let session) = store.find(id, &findings) else {
                Issue.record("not found beside \(text)")
                return
            }
            #expect(session.state == .resumable && session.id == id)
            #expect(store.contains(try #require(TaskText("do it")), in: session) == nil)
        }
        #expect(store.find("--last", &findings) == .absent)
    }

    @Test("A file's address may be written with percent signs, and ends without a slash")
    func addresses() {
        #expect(AmpThread.folder("file:///a%20b/c") == "/a b/c")
        #expect(AmpThread.folder("file:///a b/c/") == "/a b/c")
        #expect(AmpThread.folder("file:///a%zz%") == "/a%zz%")
        #expect(AmpThread.folder("/a") == nil && AmpThread.folder("file://host/a") == nil)
    }
}
