@testable import AgentLaunchCore

/// A store in memory.
final class StoreDouble: SessionStore {
    var root: Path = "/"
    let watched: [Path] = []
    var sessions: [Session] = []
    /// Ids that are there and cannot be read.
    var unreadable: Set<String> = []
    var derivation = Derivation(new: NewSession(id: "new"))
    /// Ids that a conversation's name leads to.
    var derivedIDs: [String: Set<String>] = [:]
    var left = Lookup.absent
    var candidateTroubles: [StoreFailure] = []
    var whole: StoreFailure?
    /// What `contains` answers, by session; nil: it cannot be told.
    var texts: [String: [String]?] = [:]
    var isListed: (Session) -> Bool = { _ in true }

    func failure(_ findings: inout Findings) -> StoreFailure? { whole }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        if unreadable.contains(id) { return .unreadable(.test(id)) }
        return sessions.first { $0.id == id }.map(Lookup.found) ?? .absent
    }

    func derived(_ findings: inout Findings) -> Derivation { derivation }
    func isDerived(_ session: Session, from name: String) -> Bool {
        derivedIDs[name]?.contains(session.id) ?? false
    }
    func legacy(_ findings: inout Findings) -> Lookup { left }

    func candidates(_ findings: inout Findings) -> Candidates {
        Candidates(
            sessions: sessions.filter { $0.state == .resumable && $0.origin == .user && isListed($0) },
            failures: candidateTroubles
        )
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        guard let known = texts[session.id] else { return false }
        return known.map { $0.contains { text.matches(message: $0) } }
    }
}

extension StoreFailure {
    static func test(_ name: String) -> StoreFailure {
        StoreFailure(path: "/store" / name, kind: .damaged, why: "it is torn", nextStep: "restore it")
    }
}

extension Timestamp {
    static func minute(_ minute: Int64) -> Timestamp { Timestamp(milliseconds: minute * 60_000) }
}

/// One decision: what the store holds, what the record says and what is wished.
struct DecisionBench {
    static let task = TaskText("do the task")!
    static let workdir: Path = "/home/coder/project"

    let store = StoreDouble()
    var name = "default"
    var task: TaskText? = DecisionBench.task
    var options = DecisionOptions()
    var record = RecordState.absent
    var others: [Record] = []
    var awaitingID: [Record] = []
    var otherDirectoryProblem: String?

    var agent: Agent {
        Agent(
            name: "double",
            title: "Double",
            executable: "double",
            install: "-",
            agentAPIType: "custom",
            newestKnown: "1.0",
            store: { _ in StoreDouble() },
            isSessionID: { !$0.contains("/") },
            command: { _ in AgentCommand(arguments: ["double"]) },
            otherDirectoryProblem: otherDirectoryProblem
        )
    }

    func decide() throws -> (decision: Decision, warnings: [String]) {
        var findings = Findings()
        var query = StoreQuery(
            environment: Environment(),
            home: "/home/coder",
            workdir: Self.workdir,
            name: name,
            task: task
        )
        query.recorded = record.record?.tokens ?? []
        let decision = try Decider(
            agent: agent,
            query: query,
            store: store,
            options: options,
            record: record,
            others: others,
            awaitingID: awaitingID
        ).decide(&findings)
        return (decision, findings.warnings.map(\.code))
    }

    /// `warm ID`, `cold NEW`, `reuse ID` or `unknown PATH`, with how it was found.
    func answer() throws -> String {
        let decision = try decide().decision
        switch decision.start {
        case .warm(let session): return "warm \(session.id) \(decision.how)"
        case .reuse(let session): return "reuse \(session.id) \(decision.how)"
        case .cold(let new): return "cold \(new.id ?? new.name ?? "-") \(decision.how)"
        case nil: return "unknown \(decision.failure?.path.description ?? "-") \(decision.how)"
        }
    }

    static func record(
        _ id: String?,
        name: String = "default",
        sessionName: String? = nil,
        origin: Record.Origin = .derived,
        store: Path = "/",
        workdir: Path = DecisionBench.workdir,
        _ prompts: Record.Prompt.State...
    ) -> Record {
        Record(
            agent: "double",
            workdir: workdir,
            name: name,
            sessionID: id,
            sessionName: sessionName,
            origin: origin,
            store: store,
            startedAt: .minute(10),
            prompts: prompts.map {
                .init(sha256: task.sha256, bytes: 11, at: .minute(10), how: "argument", state: $0)
            }
        )
    }
}

func session(
    _ id: String,
    _ state: Session.State = .resumable,
    name: String? = nil,
    first: Session.FirstMessage = .isTask,
    began: Int64 = 1,
    active: Int64 = 2,
    interrupted: Bool? = nil
) -> Session {
    Session(
        id: id,
        name: name,
        directory: DecisionBench.workdir,
        store: "/store",
        state: state,
        startedAt: .minute(began),
        updatedAt: .minute(active),
        interrupted: interrupted,
        firstMessage: first
    )
}
