import Testing

@testable import AgentLaunchCore

@Suite("Which conversation a start goes on with", .timeLimit(.minutes(1)))
struct DeciderTests {
    @Test("An empty store and no record is a cold start under a new id")
    func nothing() throws {
        #expect(try DecisionBench().answer() == "cold new derived")
    }

    // MARK: Rule 1

    @Test("A requested ID is resumed, whatever the record and the derived ID say")
    func requested() throws {
        var bench = DecisionBench()
        bench.options.resume = "b"
        bench.store.sessions = [session("a"), session("b", first: .isOther)]
        bench.store.derivation.resumable = session("a")
        bench.record = .present(DecisionBench.record("a", .delivered))
        #expect(try bench.answer() == "warm b requested")
    }

    @Test("An id that is not there is 66 and names those that are, the newest first")
    func requestedMissing() {
        var bench = DecisionBench()
        bench.options.resume = "x"
        bench.store.sessions = [session("old", active: 2), session("new", active: 3)]
        let error = #expect(throws: LaunchError.self) { try bench.decide() }
        #expect(error?.status == .noInput)
        #expect(error?.nextStep.contains("new, old") == true)
    }

    @Test("An id without a message, or refused by the agent, is 66", arguments: [Session.State.empty, .dead])
    func requestedEmpty(_ state: Session.State) {
        var bench = DecisionBench()
        bench.options.resume = "x"
        bench.store.sessions = [session("x", state)]
        #expect(throws: LaunchError.self) { try bench.decide() }
    }

    @Test(
        "An id in an unreadable file or store is unknown, also with --on-unknown fresh",
        arguments: [true, false]
    )
    func requestedUnreadable(_ isWholeStore: Bool) throws {
        var bench = DecisionBench()
        bench.options.resume = "x"
        bench.options.freshWhenUnknown = true
        if isWholeStore { bench.store.whole = .test("x") } else { bench.store.unreadable = ["x"] }
        #expect(try bench.answer() == "unknown /store/x requested")
    }

    @Test("An ID that is not in the agent's form is a usage error")
    func requestedForm() {
        var bench = DecisionBench()
        bench.options.resume = "../x"
        #expect(#expect(throws: LaunchError.self) { try bench.decide() }?.status == .usage)
    }

    @Test("An agent that would ask about the directory is not resumed in another one: 66 names it")
    func requestedElsewhere() throws {
        var bench = DecisionBench()
        bench.options.resume = "x"
        var other = session("x")
        other.directory = "/nowhere/other dir"
        bench.store.sessions = [other]
        #expect(try bench.answer() == "warm x requested")
        bench.otherDirectoryProblem = "would ask"
        let error = #expect(throws: LaunchError.self) { try bench.decide() }
        #expect(error?.status == .noInput)
        #expect(error?.nextStep.contains("--workdir '/nowhere/other dir'") == true)
    }

    // MARK: Rule 2

    @Test("--fresh is cold with a new id although a conversation is there, and reuses no empty one")
    func fresh() throws {
        var bench = DecisionBench()
        bench.options.fresh = true
        bench.store.sessions = [session("a")]
        bench.store.derivation.resumable = session("a")
        bench.store.derivation.empty = session("e", .empty)
        bench.record = .present(DecisionBench.record("a", .delivered))
        #expect(try bench.answer() == "cold new fresh")
    }

    @Test("--fresh is unknown where the tries cannot be read, and --on-unknown fresh does not help")
    func freshUnreadable() throws {
        var bench = DecisionBench()
        bench.options.fresh = true
        bench.options.freshWhenUnknown = true
        bench.store.derivation.failure = .test("try")
        #expect(try bench.answer() == "unknown /store/try fresh")
    }

    // MARK: Rule 4

    @Test("The derived id is found again without any record")
    func derived() throws {
        let bench = DecisionBench()
        bench.store.derivation.resumable = session("a", first: .isOther)
        #expect(try bench.answer() == "warm a derived")
    }

    @Test("A derived id that cannot be read is unknown; --on-unknown fresh makes it cold and says so")
    func derivedUnreadable() throws {
        var bench = DecisionBench()
        bench.store.derivation.failure = .test("try")
        #expect(try bench.answer() == "unknown /store/try derived")
        bench.options.freshWhenUnknown = true
        #expect(try bench.answer() == "cold new fresh")
        #expect(try bench.decide().warnings == ["unknown-fresh"])
    }

    // MARK: Rules 7 and 8

    @Test("A whole store that cannot be read is unknown")
    func wholeStore() throws {
        let bench = DecisionBench()
        bench.store.whole = .test("db")
        #expect(try bench.answer() == "unknown /store/db derived")
    }

    @Test("An empty conversation of the derived name is reused by a cold start")
    func reuse() throws {
        let bench = DecisionBench()
        bench.store.derivation.empty = session("e", .empty)
        #expect(try bench.answer() == "reuse e derived")
    }

    @Test(
        "--require-resume is 66 instead of cold, also when an unknown state would become fresh",
        arguments: [true, false]
    )
    func requireResume(_ isUnknown: Bool) {
        var bench = DecisionBench()
        bench.options.requireResume = true
        bench.options.freshWhenUnknown = isUnknown
        if isUnknown { bench.store.derivation.failure = .test("try") }
        #expect(#expect(throws: LaunchError.self) { try bench.decide() }?.status == .noInput)
    }

    @Test("--require-resume leaves an unknown state unknown")
    func requireResumeUnknown() throws {
        var bench = DecisionBench()
        bench.options.requireResume = true
        bench.store.derivation.failure = .test("try")
        #expect(try bench.answer() == "unknown /store/try derived")
    }

    @Test("A prompt that cannot be read stops a cold start only")
    func unreadablePrompt() throws {
        var bench = DecisionBench()
        bench.task = nil
        bench.options.unreadableTask = LaunchError(.noInput, "--prompt-file", "gone", "restore it")
        #expect(#expect(throws: LaunchError.self) { try bench.decide() }?.status == .noInput)
        bench.store.derivation.resumable = session("a")
        #expect(try bench.answer() == "warm a derived")
        bench.store.derivation = Derivation(failure: .test("try"))
        #expect(try bench.answer() == "unknown /store/try derived")
    }
}
