import Testing

@testable import AgentLaunchCore

@Suite("The record of a conversation", .timeLimit(.minutes(1)))
struct RecordTests {
    private static let full: Record = {
        var record = DecisionBench.record("a", sessionName: "p-1", origin: .captured, .given, .delivered)
        record.stateSession = "a"
        record.earlier = ["b", "c"]
        record.moduleDirectory = "/module"
        return record
    }()

    @Test("What is written is read again, from a file and folder that only the owner may read")
    func roundTrip() throws {
        let scratch = try ScratchDirectory()
        let file = RecordFile(conversation: scratch.path / "state/x")
        try file.write(Self.full)
        var findings = Findings()
        #expect(file.read(&findings) == .present(Self.full))
        #expect(findings.warnings.isEmpty)
        #expect(try #require(try fileStatus(file.path)).st_mode & 0o777 == 0o600)
        #expect(try #require(try fileStatus(file.path.parent)).st_mode & 0o777 == 0o700)
        #expect(try namesInDirectory(file.path.parent) == [Bytes("record.json".utf8)])
    }

    @Test(
        "One that is cut, of another schema or of another kind is damaged, never absent",
        arguments: [
            "", "{", "[]", "null", #"{"schema":"agentlaunch.record/2"}"#,
            #"{"schema":"agentlaunch.record/1"}"#,
        ]
    )
    func damaged(_ text: String) throws {
        let scratch = try ScratchDirectory()
        let file = RecordFile(conversation: scratch.path)
        try scratch.write("record.json", text)
        var findings = Findings()
        guard case .damaged = file.read(&findings) else {
            Issue.record("taken for a record or for none")
            return
        }
        #expect(findings.warnings.map(\.code) == ["record-damaged"])
    }

    @Test("A missing record is absent, and other conversations' records are found")
    func others() throws {
        let scratch = try ScratchDirectory()
        let own = scratch.path / "own"
        var findings = Findings()
        #expect(RecordFile(conversation: own).read(&findings) == .absent)
        try RecordFile(conversation: own).write(Self.full)
        try RecordFile(conversation: scratch.path / "other").write(DecisionBench.record("b"))
        try scratch.write("torn/record.json", "{")
        try scratch.write("versions.json", "{}")
        let conversations = StateDirectory.conversations(
            in: scratch.path.parent,
            of: scratch.path.lastComponent
        )
        #expect(RecordFile.records(of: conversations.filter { $0 != own }).map(\.sessionID) == ["b"])
    }

    @Test("It is about the session of its id, else of its name, else what began since its start")
    func isAbout() {
        #expect(DecisionBench.record("a").isAbout(session("a")))
        #expect(!DecisionBench.record("a", sessionName: "p").isAbout(session("b", name: "p", began: 11)))
        #expect(DecisionBench.record(nil, sessionName: "p").isAbout(session("b", name: "p")))
        #expect(!DecisionBench.record(nil, sessionName: "p").isAbout(session("b", began: 11)))
        #expect(DecisionBench.record(nil).isAbout(session("b", began: 10)))
        #expect(!DecisionBench.record(nil).isAbout(session("b", began: 9)))
    }

    // MARK: Before a start

    private func next(
        _ decision: Decision,
        _ prompt: PromptDecision.Action,
        given: PromptDecision.Given? = nil,
        task: TaskText? = DecisionBench.task,
        old: Record? = nil,
        route: PromptRoute = .argument
    ) -> Record {
        Record(
            of: decision,
            agent: DecisionBench().agent,
            prompt: StartPrompt(action: prompt, route: route, text: task?.bytes, given: given),
            workdir: DecisionBench.workdir,
            name: "default",
            store: "/store",
            task: task,
            old: old,
            moduleDirectory: nil,
            now: .minute(20)
        )
    }

    private func cold(_ new: NewSession, _ how: Decision.How = .derived) -> Decision {
        Decision(verdict: .cold, reason: "-", how: how, start: .cold(new))
    }

    @Test("A cold start's prompt is recorded as `given`, with the hash of the prompt alone")
    func coldRecord() {
        let record = next(cold(NewSession(id: "a")), .send)
        #expect(record.sessionID == "a" && record.origin == .derived && record.startedAt == .minute(20))
        #expect(record.prompts.map(\.state) == [.given])
        #expect(record.prompts.map(\.sha256) == [DecisionBench.task.sha256])
    }

    @Test("By agentapi a cold start's prompt is `given` before the start, a message only when it is sent")
    func byAgentAPI() {
        let coldRecord = next(cold(NewSession(id: "a")), .send, route: .initialPrompt)
        #expect(coldRecord.prompts.map(\.how) == ["agentapi"])
        let warm = Decision.warm(session("a"), .record, "-")
        #expect(next(warm, .send, route: .message).prompts.isEmpty)
        #expect(next(warm, .send, route: .argument).prompts.map(\.state) == [.given])
    }

    @Test("A new conversation takes over nothing of the old one")
    func newConversation() {
        let record = next(cold(NewSession(id: "b"), .fresh), .none, task: nil, old: Self.full)
        #expect(record.sessionID == "b" && record.origin == .fresh && record.prompts.isEmpty)
        #expect(record.stateSession == nil)
    }

    @Test("Where the agent chooses the ID, the origin is captured, or fresh if requested")
    func captured() {
        #expect(next(cold(NewSession()), .none).origin == .captured)
        #expect(next(cold(NewSession(), .fresh), .none).origin == .fresh)
        #expect(next(cold(NewSession(name: "p")), .none).origin == .derived)
    }

    @Test("A warm start keeps what is known, and learns the id of a session known by its name")
    func warmSame() {
        let old = DecisionBench.record(nil, sessionName: "p", origin: .fresh, .given)
        let record = next(.warm(session("7", name: "p"), .record, "-"), .skip, given: .this, old: old)
        #expect(record.sessionID == "7" && record.origin == .fresh && record.startedAt == .minute(10))
        #expect(record.prompts.map(\.state) == [.delivered])
    }

    @Test("A conversation that is taken over is not the one that was recorded without an id")
    func warmOther() {
        let old = DecisionBench.record(nil, .given)
        let record = next(.warm(session("own", began: 1), .adopted, "-"), .skip, given: .other, old: old)
        #expect(record.sessionID == "own" && record.origin == .adopted && record.prompts.isEmpty)
    }

    @Test("The hash of a prompt that was found in the conversation goes into the record, once")
    func found() {
        let decision = Decision.warm(session("a"), .matched, "-")
        let record = next(decision, .skip, given: .this)
        #expect(record.prompts.map(\.state) == [.delivered])
        #expect(next(decision, .skip, given: .this, old: record).prompts == record.prompts)
        #expect(next(decision, .skip, given: .unknown).prompts.isEmpty)
    }

    @Test("A conversation that goes on with another session keeps its prompts and both ids")
    func moved() {
        var record = Self.full
        record.stateFile = "/state"
        record.move(to: "d", withChat: true)
        #expect(record.sessionID == "d" && record.stateSession == "d" && record.origin == .captured)
        #expect(record.prompts == Self.full.prompts)
        #expect(["a", "b", "c", "d"].allSatisfy(record.owns) && record.tokens.isSuperset(of: record.earlier))
        record.move(to: "a", withChat: true)
        #expect(record.earlier == ["b", "c", "d"])
    }

    @Test("A chat that agentapi kept before stays its session's when the agent moves on without agentapi")
    func movedWithoutChat() {
        var record = Self.full
        record.move(to: "d", withChat: false)
        #expect(record.stateSession == "a", "nothing to claim")
        record.stateFile = "/state"
        record.stateSession = nil
        record.move(to: "e", withChat: false)
        #expect(record.stateSession == "d")
    }

    @Test("A conversation made by --fresh stays current: older ones do not come back")
    func movedFresh() {
        var record = DecisionBench.record("a", origin: .fresh, .delivered)
        record.move(to: "b", withChat: false)
        #expect(record.origin == .fresh)
    }
}
