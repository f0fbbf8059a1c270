import Testing

@testable import AgentLaunchCore

@Suite("Homes as agents left them", .timeLimit(.minutes(1)))
struct FixtureTests {
    @Test("Each is decided as its agent would go on, and nothing in it changes", arguments: StoredHome.cases)
    func decides(_ name: String, _ fixture: String) throws {
        let agent = try #require(Registry.agents.first { $0.name == name })
        let home = try StoredHome(name, fixture)
        let expected = try #require(try StoredHome.expectation(name, fixture))
        let texts = { (key: String) in (expected[key]?.elements ?? []).compactMap(\.text) }
        let arguments = texts("args")
        func value(_ option: String) -> String? {
            arguments.firstIndex(of: option).map { arguments[$0 + 1] }
        }
        var environment = Environment()
        for variable in expected["environment"]?.members ?? [] {
            let value = try #require(variable.value.text)
            let isInHome = value.hasPrefix("$HOME/")
            environment[variable.name] =
                isInHome ? home.path.bytes + value.utf8.dropFirst(5) : Bytes(value.utf8)
        }
        let before = try home.entries()
        let query = StoreQuery(
            environment: environment,
            home: home.path,
            workdir: Path(try #require(expected["workdir"]?.text)),
            name: value("--session") ?? "default",
            task: TaskText("do the task")
        )
        let store = agent.store(query)
        var findings = Findings()
        let decision = try Decider(
            agent: agent,
            query: query,
            store: store,
            options: DecisionOptions(adopt: try #require(Adoption(rawValue: value("--adopt") ?? "newest"))),
            record: .absent,
            others: []
        ).decide(&findings)

        #expect(texts("states").contains(decision.verdict.rawValue), "\(decision) \(findings)")
        let ids = texts("ids")
        if let file = expected["file"]?.text {
            #expect(decision.session?.store == home.scratch.path / file)
        } else if decision.verdict == .warm || decision.verdict == .cold && !ids.isEmpty {
            #expect(ids.contains(decision.session?.id ?? ""))
        }
        if case .cold(let new) = decision.start, let id = new.id {
            #expect(store.find(id, &findings) == .absent, "a new id is one that the agent accepts")
        }
        #expect(try home.entries() == before)
    }
}
