import Testing

@testable import AgentLaunchCore

@Suite("Which conversation of this directory is taken over", .timeLimit(.minutes(1)))
struct AdoptionTests {
    // MARK: Rule 5

    @Test("What an older module left is resumed for the default name only, and not with --adopt never")
    func legacy() throws {
        var bench = DecisionBench()
        bench.store.left = .found(session("old", first: .isOther))
        #expect(try bench.answer() == "warm old legacy")
        bench.options.adopt = .never
        #expect(try bench.answer() == "cold new derived")
        bench.options.adopt = .match
        bench.name = "work"
        #expect(try bench.answer() == "cold new derived")
    }

    @Test("The derived id goes before what an older module left")
    func derivedFirst() throws {
        let bench = DecisionBench()
        bench.store.left = .found(session("old"))
        bench.store.derivation.resumable = session("d")
        #expect(try bench.answer() == "warm d derived")
    }

    @Test("An older module's id without messages is passed over; one that cannot be read is unknown")
    func legacyEmpty() throws {
        let bench = DecisionBench()
        bench.store.left = .found(session("old", .dead))
        #expect(try bench.answer() == "cold new derived")
        bench.store.left = .unreadable(.test("map"))
        #expect(try bench.answer() == "unknown /store/map legacy")
    }

    // MARK: Rule 6

    @Test("The newest conversation that began with the prompt is taken, not a newer one that did not")
    func match() throws {
        let bench = DecisionBench()
        bench.store.sessions = [
            session("a", active: 2), session("b", active: 5), session("own", first: .isOther, active: 9),
        ]
        #expect(try bench.answer() == "warm b matched")
    }

    @Test("Of two active at the same moment the greater id counts")
    func tie() throws {
        let bench = DecisionBench()
        bench.store.sessions = [session("b"), session("c"), session("a")]
        #expect(try bench.answer() == "warm c matched")
    }

    @Test("A person's own conversation without the prompt is left alone")
    func ownConversation() throws {
        let bench = DecisionBench()
        bench.store.sessions = [session("own", first: .isOther), session("none", first: .none)]
        #expect(try bench.answer() == "cold new derived")
    }

    @Test("Without a prompt the newest is taken, for the default name only")
    func noPrompt() throws {
        var bench = DecisionBench()
        bench.task = nil
        bench.store.sessions = [
            session("a", first: .unknown, active: 2), session("b", first: .unknown, active: 5),
        ]
        #expect(try bench.answer() == "warm b adopted")
        bench.name = "work"
        #expect(try bench.answer() == "cold new derived")
    }

    @Test("--adopt newest takes the newest, --adopt never none")
    func policies() throws {
        var bench = DecisionBench()
        bench.store.sessions = [session("task"), session("own", first: .isOther, active: 9)]
        bench.options.adopt = .newest
        #expect(try bench.answer() == "warm own adopted")
        bench.options.adopt = .never
        #expect(try bench.answer() == "cold new derived")
    }

    @Test(
        "Conversations of other names are never taken: by their records, their derived ids, or those of default"
    )
    func held() throws {
        var bench = DecisionBench()
        bench.name = "b"
        bench.store.sessions = [session("recorded"), session("ofA"), session("ofDefault")]
        bench.others = [
            DecisionBench.record("recorded", name: "c", workdir: "/somewhere/else"),
            DecisionBench.record("x", name: "a"),
        ]
        bench.store.derivedIDs = ["a": ["ofA"], "default": ["ofDefault"], "b": ["ofB"]]
        bench.options.adopt = .newest
        #expect(try bench.answer() == "cold new derived")
        bench.store.sessions.append(session("free"))
        #expect(try bench.answer() == "warm free adopted")
    }

    @Test("A conversation begun while another name's launcher awaits its ID is not taken")
    func awaitingID() throws {
        var bench = DecisionBench()
        bench.awaitingID = [DecisionBench.record(nil, name: "b", .given)]
        bench.store.sessions = [session("new", began: 11)]
        #expect(try bench.answer() == "cold new derived")
        bench.store.sessions = [session("older", began: 9)]
        #expect(try bench.answer() == "warm older matched")
    }

    @Test("A name of another directory holds no derived id here")
    func heldElsewhere() throws {
        var bench = DecisionBench()
        bench.store.sessions = [session("x")]
        bench.others = [DecisionBench.record("y", name: "a", workdir: "/somewhere/else")]
        bench.store.derivedIDs = ["a": ["x"]]
        #expect(try bench.answer() == "warm x matched")
    }

    @Test("A conversation with an unreadable first message is unknown only if nothing else matches")
    func unknownFirst() throws {
        let bench = DecisionBench()
        bench.store.sessions = [session("torn", first: .unknown, active: 9)]
        #expect(try bench.answer() == "unknown /store adopted")
        bench.store.sessions.append(session("task"))
        #expect(try bench.answer() == "warm task matched")
    }

    @Test(
        "A file that may belong here and cannot be read is unknown, whatever --adopt says",
        arguments: [Adoption.match, .newest, .never]
    )
    func failures(_ adopt: Adoption) throws {
        var bench = DecisionBench()
        bench.options.adopt = adopt
        bench.store.candidateTroubles = [.test("torn")]
        #expect(try bench.answer() == "unknown /store/torn adopted")
        bench.options.freshWhenUnknown = true
        #expect(try bench.answer() == "cold new fresh")
    }

    @Test("Beside a match, a file that cannot be read is a warning")
    func troublesBesideMatch() throws {
        let bench = DecisionBench()
        bench.store.candidateTroubles = [.test("torn")]
        bench.store.sessions = [session("task")]
        let (decision, warnings) = try bench.decide()
        #expect(decision.session?.id == "task")
        #expect(warnings == ["session-unreadable"])
    }

    @Test("A prompt that cannot be read is 66 where the match needs its text, and not with --adopt newest")
    func unreadablePrompt() throws {
        var bench = DecisionBench()
        bench.task = nil
        bench.options.unreadableTask = LaunchError(.noInput, "--prompt-file", "gone", "restore it")
        bench.store.sessions = [session("a", first: .unknown)]
        #expect(#expect(throws: LaunchError.self) { try bench.decide() }?.what == "--prompt-file")
        bench.options.adopt = .newest
        #expect(try bench.answer() == "warm a adopted")
    }

    @Test("A damaged record is unknown only where a conversation here may be the recorded one")
    func damagedRecord() throws {
        var bench = DecisionBench()
        bench.record = .damaged(.test("record.json"))
        #expect(try bench.answer() == "cold new derived")
        bench.store.sessions = [session("a", first: .isOther)]
        #expect(try bench.answer() == "unknown /store/record.json record")
        bench.store.sessions.append(session("task"))
        #expect(try bench.answer() == "warm task matched")
        bench.store.derivation.resumable = session("d")
        #expect(try bench.answer() == "warm d derived")
    }
}
