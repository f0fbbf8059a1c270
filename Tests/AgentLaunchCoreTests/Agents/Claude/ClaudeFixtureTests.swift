import Testing

@testable import AgentLaunchCore

@Suite("Claude Code's fixtures", .timeLimit(.minutes(1)))
struct ClaudeFixtureTests {
    static let folder = StoredHome.fixtures / "claude"
    static let cases = ((try? namesInDirectory(folder)) ?? []).compactMap(\.text)

    @Test("Each home directory leads to the verdict and the id that its expectation names", arguments: cases)
    func verdict(_ name: String) throws {
        let folder = Self.folder / name
        let expected = try #require(
            JSONValue(parsing: contentsOfSmallFile(folder / "expect.json") ?? [])
        )
        let query = StoreQuery(
            environment: Environment(),
            home: folder / "home",
            workdir: Path(try #require(expected["workdir"]?.text)),
            name: "default",
            task: TaskText("do the task")
        )
        let store = ClaudeStore(query)
        let decider = Decider(
            agent: .claude,
            query: query,
            store: store,
            options: DecisionOptions(adopt: .newest),
            record: .absent,
            others: []
        )
        var findings = Findings()
        let decision = try decider.decide(&findings)
        let states = try #require(expected["states"]?.elements).compactMap(\.text)
        #expect(states.contains(decision.verdict.rawValue), "\(findings.evidence)")
        let ids = try #require(expected["ids"]?.elements).compactMap(\.text)
        if !ids.isEmpty {
            #expect(
                decision.session.map { ids.contains($0.id) } == true,
                "\(String(describing: decision.session))"
            )
        }
        if case .cold(let new) = decision.start {
            let id = try #require(new.id)
            #expect(store.find(id, &findings) == .absent, "a new id is one that the agent accepts")
        }
    }

    @Test("There are at least ten cases of our own that are not warm")
    func enough() throws {
        let own = try Self.cases.filter { $0.hasPrefix("own-") }.filter { name in
            let bytes = try #require(try contentsOfSmallFile(Self.folder / name / "expect.json"))
            return JSONValue(parsing: bytes)?["states"]?.elements?.contains("warm") == false
        }
        #expect(own.count >= 10)
    }
}
