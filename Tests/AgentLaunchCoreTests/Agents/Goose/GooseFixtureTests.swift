import Testing

@testable import AgentLaunchCore

@Suite("Goose: homes as goose left them", .timeLimit(.minutes(1)))
struct GooseFixtureTests {
    @Test(
        "Each is decided as goose itself would go on, and nothing in it changes",
        arguments: StoredHome.cases("goose")
    )
    func decides(_ name: String) throws {
        let home = try StoredHome("goose", name)
        let expected = try #require(try StoredHome.expectation("goose", name))
        let options = (expected["args"]?.elements ?? []).compactMap(\.text)
        func option(_ name: String) -> String? {
            options.firstIndex(of: name).map { options[$0 + 1] }
        }
        let before = try home.entries()
        let query = StoreQuery(
            environment: Environment(),
            home: home.path,
            workdir: Path(try #require(expected["workdir"]?.text)),
            name: option("--session") ?? "default",
            task: TaskText("do the task")
        )
        var findings = Findings()
        let decision = try Decider(
            agent: .goose,
            query: query,
            store: GooseStore(query),
            options: DecisionOptions(adopt: option("--adopt") == "never" ? .never : .newest),
            record: .absent,
            others: []
        ).decide(&findings)
        let states = (expected["states"]?.elements ?? []).compactMap(\.text)
        #expect(states.contains(decision.verdict.rawValue), "\(decision) \(findings)")
        let ids = (expected["ids"]?.elements ?? []).compactMap(\.text)
        if decision.verdict == .warm || !ids.isEmpty { #expect(ids.contains(decision.session?.id ?? "")) }
        #expect(try home.entries() == before)
    }

    @Test("At least ten of the project's own are not warm")
    func isHard() throws {
        let hard = try StoredHome.cases("goose").filter { name in
            let expected = try StoredHome.expectation("goose", name)
            let states = (expected?["states"]?.elements ?? []).compactMap(\.text)
            return expected?["own"]?.flag == true && !states.contains("warm")
        }
        #expect(hard.count >= 12)
    }
}
