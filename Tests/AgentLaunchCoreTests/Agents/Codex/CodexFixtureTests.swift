import Testing

@testable import AgentLaunchCore

@Suite("Codex: homes as Codex left them", .timeLimit(.minutes(1)))
struct CodexFixtureTests {
    @Test(
        "Each is decided as Codex itself would go on, and nothing in it changes",
        arguments: StoredHome.cases("codex")
    )
    func decides(_ name: String) throws {
        let home = try StoredHome("codex", name)
        let expected = try #require(try StoredHome.expectation("codex", name))
        let before = try home.entries()
        let query = StoreQuery(
            environment: Environment(),
            home: home.path,
            workdir: Path(try #require(expected["workdir"]?.text)),
            name: "default",
            task: TaskText("do the task")
        )
        var findings = Findings()
        let decision = try Decider(
            agent: .codex,
            query: query,
            store: CodexStore(query),
            options: DecisionOptions(adopt: .newest),
            record: .absent,
            others: []
        ).decide(&findings)
        let states = (expected["states"]?.elements ?? []).compactMap(\.text)
        #expect(states.contains(decision.verdict.rawValue), "\(findings)")
        let ids = (expected["ids"]?.elements ?? []).compactMap(\.text)
        if decision.verdict == .warm { #expect(ids.contains(decision.session?.id ?? "")) }
        #expect(try home.entries() == before)
    }

    @Test("At least ten of the project's own are not warm")
    func isHard() throws {
        let hard = try StoredHome.cases("codex").filter { name in
            let expected = try StoredHome.expectation("codex", name)
            let states = (expected?["states"]?.elements ?? []).compactMap(\.text)
            return expected?["own"]?.flag == true && !states.contains("warm")
        }
        #expect(hard.count >= 10)
    }
}
