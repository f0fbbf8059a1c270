import Testing

@testable import AgentLaunchCore

@Suite("What the record of a conversation decides", .timeLimit(.minutes(1)))
struct RecordedConversationTests {
    private func bench(_ record: Record) -> DecisionBench {
        var bench = DecisionBench()
        bench.record = .present(record)
        return bench
    }

    @Test("The recorded id is resumed before any other, even if the derived one is newer")
    func resumable() throws {
        let bench = bench(DecisionBench.record("a", origin: .adopted, .delivered))
        bench.store.sessions = [session("a", first: .isOther), session("d", active: 9)]
        bench.store.derivation.resumable = session("d", active: 9)
        #expect(try bench.answer() == "warm a record")
    }

    @Test("A recorded id that cannot be read is unknown although another conversation could be resumed")
    func unreadable() throws {
        let bench = bench(DecisionBench.record("a", .delivered))
        bench.store.unreadable = ["a"]
        bench.store.derivation.resumable = session("d")
        #expect(try bench.answer() == "unknown /store/a record")
    }

    @Test("A record whose prompt never arrived does not hide a later conversation")
    func laterConversation() throws {
        for (isBeyond, expected) in [(true, "warm d derived"), (false, "cold new derived")] {
            let bench = bench(DecisionBench.record("a", .given))
            bench.store.sessions = [session("d")]
            bench.store.derivation.resumable = session("d")
            bench.store.derivation.isBeyondRecord = isBeyond
            #expect(try bench.answer() == expected)
        }
    }

    @Test("A missing store is unknown if a prompt was delivered to it, and cold if none was")
    func missingStore() throws {
        for (state, expected) in [
            (Record.Prompt.State.delivered, "unknown /not/here record"), (.given, "cold new derived"),
        ] {
            let bench = bench(DecisionBench.record("a", store: "/not/here", state))
            bench.store.root = "/not/here"
            #expect(try bench.answer() == expected)
        }
    }

    @Test("A missing store is unknown too if only agentapi saw the prompt arrive")
    func missingStoreWithoutID() throws {
        for (state, expected) in [
            (Record.Prompt.State.delivered, "unknown /not/here record"), (.given, "cold new derived"),
        ] {
            let bench = bench(DecisionBench.record(nil, store: "/not/here", state))
            bench.store.root = "/not/here"
            #expect(try bench.answer() == expected)
        }
    }

    @Test("A record of another HOME is unknown and names the store of that time")
    func otherHome() throws {
        let bench = bench(DecisionBench.record("a", store: "/other/home/store", .delivered))
        #expect(try bench.answer() == "unknown /other/home/store record")
    }

    @Test("A store that moved with its conversation is fine")
    func movedStore() throws {
        let bench = bench(DecisionBench.record("a", store: "/other/home/store", .delivered))
        bench.store.sessions = [session("a")]
        #expect(try bench.answer() == "warm a record")
    }

    @Test(
        "A prompt that was given and never arrived is given in a new conversation, or in the empty one",
        arguments: [false, true]
    )
    func neverDelivered(_ isEmpty: Bool) throws {
        let bench = bench(DecisionBench.record("a", .given))
        if isEmpty { bench.store.sessions = [session("a", .empty)] }
        // Somebody's own conversation must not take its place.
        bench.store.sessions.append(session("other", active: 9))
        #expect(try bench.answer() == (isEmpty ? "reuse a derived" : "cold new derived"))
        #expect(try bench.decide().warnings.isEmpty)
    }

    @Test(
        "A delivered conversation that is gone or dead is warned of, and the next rules decide",
        arguments: [true, false]
    )
    func lost(_ isDead: Bool) throws {
        let bench = bench(DecisionBench.record("a", .delivered))
        if isDead { bench.store.sessions = [session("a", .dead)] }
        bench.store.derivation.resumable = session("d")
        let (decision, warnings) = try bench.decide()
        #expect(decision.session?.id == "d")
        #expect(warnings == ["conversation-lost"])
    }

    @Test("A conversation that lost its messages is warned of too")
    func emptied() throws {
        let bench = bench(DecisionBench.record("a", .delivered))
        bench.store.sessions = [session("a", .empty)]
        bench.store.derivation.empty = session("a", .empty)
        #expect(try bench.answer() == "reuse a derived")
        #expect(try bench.decide().warnings == ["conversation-lost"])
    }

    @Test("A conversation that never had a prompt goes without a warning")
    func lostWithoutPrompt() throws {
        let (decision, warnings) = try bench(DecisionBench.record("a")).decide()
        #expect(decision.verdict == .cold)
        #expect(warnings.isEmpty)
    }

    @Test(
        "After --fresh was killed before its first message, the old conversation stays behind, however often"
    )
    func freshKilled() throws {
        for task in [DecisionBench.task, nil] {
            var bench = bench(DecisionBench.record("second", origin: .fresh))
            bench.task = task
            bench.store.sessions = [session("first")]
            bench.store.derivation.resumable = session("first")
            let (decision, _) = try bench.decide()
            #expect(decision.start == .cold(NewSession(id: "new")))
            // The record that this start writes has the same effect on the next.
            #expect(decision.how == .fresh)
        }
    }

    @Test("The empty row that --fresh left is the one that is reused, and stays a fresh one")
    func freshEmpty() throws {
        let bench = bench(DecisionBench.record("second", origin: .fresh))
        bench.store.sessions = [session("first"), session("second", .empty)]
        bench.store.derivation.resumable = session("first")
        #expect(try bench.answer() == "reuse second fresh")
    }

    @Test("A --fresh whose conversation is there is resumed by its id")
    func freshThere() throws {
        let bench = bench(DecisionBench.record("second", origin: .fresh, .given))
        bench.store.sessions = [session("first", active: 9), session("second")]
        #expect(try bench.answer() == "warm second record")
    }

    @Test("A session that moved to another directory is unknown where the agent would ask")
    func movedSession() throws {
        var bench = bench(DecisionBench.record("a", .delivered))
        var moved = session("a")
        moved.directory = "/nowhere/else"
        bench.store.sessions = [moved]
        #expect(try bench.answer() == "warm a record")
        bench.otherDirectoryProblem = "would ask"
        #expect(try bench.answer() == "unknown /store record")
    }

    // MARK: A record with a name only

    @Test("A record that knows only the name finds the row of that name, with messages or without")
    func nameOnly() throws {
        let bench = bench(DecisionBench.record(nil, sessionName: "p", .given))
        bench.store.derivation.resumable = session("7", name: "p")
        #expect(try bench.answer() == "warm 7 record")
        bench.store.derivation = Derivation(
            empty: session("8", .empty, name: "p"),
            new: NewSession(name: "p-2")
        )
        #expect(try bench.answer() == "reuse 8 derived")
        bench.store.derivation = Derivation(failure: .test("db"))
        #expect(try bench.answer() == "unknown /store/db record")
    }

    @Test("A fresh name without a row does not give way to the older one")
    func nameOnlyFresh() throws {
        let bench = bench(DecisionBench.record(nil, sessionName: "p-2", origin: .fresh, .given))
        bench.store.derivation = Derivation(resumable: session("7", name: "p"), new: NewSession(name: "p-3"))
        #expect(try bench.answer() == "cold p-3 fresh")
    }

    // MARK: A record without id or name

    @Test("The only session since the start that was recorded is taken for it")
    func captured() throws {
        let bench = bench(DecisionBench.record(nil, .given))
        bench.store.sessions = [session("mine", began: 11), session("older", first: .isOther, began: 9)]
        #expect(try bench.answer() == "warm mine record")
    }

    @Test("Of two sessions since then, the one that began with the prompt is taken")
    func capturedTwo() throws {
        let bench = bench(DecisionBench.record(nil, .given))
        bench.store.sessions = [
            session("mine", began: 11), session("theirs", first: .isOther, began: 12, active: 20),
        ]
        #expect(try bench.answer() == "warm mine matched")
    }

    @Test("The only session since then is another's if it began with another message")
    func capturedOthers() throws {
        let bench = bench(DecisionBench.record(nil, .given))
        bench.store.sessions = [session("theirs", first: .isOther, began: 11)]
        #expect(try bench.answer() == "cold new derived")
    }

    @Test(
        "It is this one if the prompt came second, or if that cannot be told"
    )
    func capturedBehindAPerson() throws {
        for texts in [["hello", "do the task"], nil] {
            let bench = bench(DecisionBench.record(nil, .given))
            bench.store.sessions = [session("mine", first: .isOther, began: 11)]
            bench.store.texts = ["mine": texts]
            #expect(try bench.answer() == "warm mine record")
        }
    }

    @Test("A session that another name's record holds is not taken for this one")
    func capturedHeld() throws {
        var bench = bench(DecisionBench.record(nil, .given))
        bench.others = [DecisionBench.record("theirs", name: "b", .given)]
        bench.store.sessions = [session("theirs", began: 11)]
        #expect(try bench.answer() == "cold new derived")
    }

    @Test("After --fresh whose id was never learnt, only sessions since then count, however often")
    func capturedFresh() throws {
        for adopt in [Adoption.match, .newest] {
            var bench = bench(DecisionBench.record(nil, origin: .fresh))
            bench.task = nil
            bench.options.adopt = adopt
            bench.store.left = .found(session("old"))
            bench.store.sessions = [session("old", began: 9, active: 30)]
            bench.store.derivation = Derivation()
            #expect(try bench.answer() == "cold - fresh")
        }
    }
}
