import Glibc
import Testing

@testable import AgentLaunchCore

/// State folders of a few conversations, and an agentapi that saves and loads as the real one does.
struct StateBench {
    let scratch: ScratchDirectory
    let root: Path
    /// Where several conversations have their state file, one after another.
    let path: Path

    init() throws {
        scratch = try ScratchDirectory()
        root = scratch.path / "state"
        path = scratch.path / "shared/chat.json"
        try scratch.makeDirectory(path.parent)
    }

    func conversation(_ name: String) -> Path { root / "double" / name }

    func record(_ name: String) throws -> Record? {
        var findings = Findings()
        return RecordFile(conversation: conversation(name)).read(&findings).record
    }

    /// What a start of the conversation decides; nothing is changed by it.
    func decide(
        _ name: String,
        _ start: CommandRequest.Start,
        at place: Path? = nil
    ) throws -> StateDecision {
        let own = conversation(name)
        let decision = Decision(
            verdict: { if case .warm = start { .warm } else { .cold } }(),
            reason: "-",
            how: .derived,
            start: start
        )
        return StateSituation(
            file: StateFile(place ?? path, workdir: "/", conversation: own),
            agent: "double",
            record: try record(name),
            claims: StateClaim.others(than: own, root: root)
        )
        .decide(decision)
    }

    /// A whole run: the decision, the files, the record, agentapi, and what comes after it.
    @discardableResult
    func run(
        _ name: String,
        _ start: CommandRequest.Start,
        at place: Path? = nil,
        settles: Bool = true,
        _ agentapi: (_ path: Path, _ loads: Bool) throws -> Void
    ) throws -> StateDecision {
        let decision = try decide(name, start, at: place)
        let arrangement = StateArrangement(decision: decision, root: root)
        let lock = try arrangement.arrange()
        var record = Record(
            of: Decision(verdict: .cold, reason: "-", how: .derived, start: start),
            agent: DecisionBench().agent,
            prompt: StartPrompt(action: .none),
            workdir: DecisionBench.workdir,
            name: name,
            store: "/store",
            task: nil,
            old: try record(name),
            moduleDirectory: nil,
            now: .minute(1)
        )
        arrangement.claim(&record)
        try RecordFile(conversation: conversation(name)).write(record)
        try agentapi(decision.file.path, decision.loads)
        if settles { arrangement.settle() }
        _ = consume lock
        return decision
    }

    /// Loads if it is told to, adds messages, saves.
    func chat(_ messages: String...) -> (_ path: Path, _ loads: Bool) throws -> Void {
        { path, loads in
            let old = loads ? try self.messages(path) : []
            try save(old + messages, at: path)
        }
    }

    /// Ends before its agent was ready: what it loaded was never read, and one screen is saved.
    func clobber(_ path: Path, _ loads: Bool) throws {
        try scratch.write(relative(path), Self.text(["agent: error"]))
    }

    func save(_ messages: [String], at path: Path) throws {
        try scratch.write(relative(path), Self.text(messages))
    }

    /// `role: text`, nil if there is no file.
    func messages(_ path: Path) throws -> [String] {
        let json = try contentsOfSmallFile(path).flatMap { JSONValue(parsing: $0) }
        let elements = json?["messages"]?.elements ?? []
        return elements.map { "\($0["role"]?.text ?? ""): \($0["message"]?.text ?? "")" }
    }

    func expect(
        _ expected: [String],
        at path: Path,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let found = try messages(path)
        #expect(found == expected, sourceLocation: sourceLocation)
    }

    func exists(_ path: Path) throws -> Bool { try fileStatus(path) != nil }

    /// Names of state files in a conversation's own directory.
    func stateFiles(_ name: String) throws -> [String] {
        try namesInDirectory(conversation(name)).compactMap(\.text).filter { $0.hasPrefix("agentapi-state") }
    }

    static func text(
        _ messages: [String],
        prompt: String = "",
        sent: Bool = false,
        version: Int = 1
    ) -> String {
        let elements = messages.enumerated().map { index, message in
            let parts = message.split(separator: ": ", maxSplits: 1)
            return """
                {"id":\(index),"message":"\(parts[1])","role":"\(parts[0])","time":"2026-11-21T00:00:00Z"}
                """
        }
        return """
            {"version":\(version),"messages":[\(elements.joined(separator: ","))],\
            "initial_prompt":"\(prompt)","initial_prompt_sent":\(sent)}

            """
    }

    static func warm(_ id: String, name: String? = nil) -> CommandRequest.Start {
        var session = AgentLaunchCoreTests.session(id)
        session.name = name
        return .warm(session)
    }

    static func cold(_ id: String? = nil, name: String? = nil) -> CommandRequest.Start {
        .cold(NewSession(id: id, name: name))
    }

    private func relative(_ path: Path) -> String {
        Path(bytes: path.bytes.dropFirst(scratch.path.bytes.count + 1)).description
    }
}
