import Testing

@testable import AgentLaunchCore

@Suite("Derived ids", .timeLimit(.minutes(1)))
struct DerivedIDTests {
    let derived = DerivedID(agent: "claude", workdir: "/home/coder/project", name: "default")

    @Test("The ID of the specification's example")
    func vector() {
        #expect(derived.uuid(0) == "1142e558-ce23-44a4-9795-fedb65b0d13a")
    }

    @Test("Agent, directory, name and try each change the id; the form is a version-4 UUID")
    func distinct() {
        let others = [
            DerivedID(agent: "gemini", workdir: "/home/coder/project", name: "default"),
            DerivedID(agent: "claude", workdir: "/home/coder/projec", name: "tdefault"),
            DerivedID(agent: "claude", workdir: "/home/coder/project", name: "other"),
        ]
        let ids = (0..<40).map(derived.uuid) + others.map { $0.uuid(0) }
        #expect(Set(ids).count == ids.count)
        for id in ids {
            #expect(isUUID(id))
            let digits = Array(id)
            #expect(digits[14] == "4" && "89ab".contains(digits[19]))
        }
    }

    @Test("A new id is the number after the highest with a trace, a record's among them")
    func new() {
        var looked: [String] = []
        let traces = [3: Session.State.dead, 19: .dead]
        let result = derived.search(recorded: [derived.uuid(30)]) { id in
            looked.append(id)
            let hit = traces.first { derived.uuid($0.key) == id }
            return hit.map { .found(session(id, $0.value)) } ?? .absent
        }
        #expect(result == Derivation(new: NewSession(id: derived.uuid(31))))
        #expect(looked == (0...46).map(derived.uuid))
    }

    @Test("A resumable try is beyond the record only if its number is higher")
    func beyondTheRecord() {
        for (recorded, expected) in [(1, true), (2, false), (3, false)] {
            let result = derived.search(recorded: [derived.uuid(recorded)]) {
                $0 == derived.uuid(2) ? .found(session($0, .resumable)) : .absent
            }
            #expect(result.resumable?.id == derived.uuid(2))
            #expect(result.isBeyondRecord == expected)
        }
        let without = derived.search(recorded: []) {
            $0 == derived.uuid(2) ? .found(session($0, .resumable)) : .absent
        }
        #expect(!without.isBeyondRecord)
    }

    @Test("Beyond sixteen tries without a trace nothing is looked for")
    func reach() {
        let result = derived.search(recorded: []) {
            $0 == derived.uuid(16) ? .found(session($0, .resumable)) : .absent
        }
        #expect(result == Derivation(new: NewSession(id: derived.uuid(0))))
    }

    @Test("The highest resumable one counts, over an empty or dead higher one")
    func highest() {
        let states: [Session.State] = [.resumable, .resumable, .dead, .empty]
        let result = derived.search(recorded: []) { id in
            states.indices.first { derived.uuid($0) == id }.map { .found(session(id, states[$0])) } ?? .absent
        }
        #expect(result.resumable?.id == derived.uuid(1))
        #expect(result.new.id == derived.uuid(4))
    }

    @Test("An unreadable try above the resumable one makes it doubtful, one below does not")
    func unreadable() {
        let failure = StoreFailure(path: "/x", kind: .unreadable, why: "", nextStep: "")
        for (bad, good) in [(1, 0), (0, 1)] {
            let result = derived.search(recorded: []) { id in
                if id == derived.uuid(bad) { return .unreadable(failure) }
                return id == derived.uuid(good) ? .found(session(id, .resumable)) : .absent
            }
            #expect((result.failure != nil) == (bad > good))
            #expect((result.resumable != nil) == (good > bad))
            #expect(result.new.id == derived.uuid(2))
        }
    }

    @Test("Where no try can be read the search ends")
    func closed() {
        let failure = StoreFailure(path: "/x", kind: .unreadable, why: "", nextStep: "")
        #expect(derived.search(recorded: []) { _ in .unreadable(failure) }.failure == failure)
    }

    @Test(
        "Only the canonical form is a UUID",
        arguments: [
            "", "x", "1142e558-ce23-44a4-9795-fedb65b0d13", "-", "1142e558ce2344a49795fedb65b0d13a",
            "1142e558-ce23-44a4-9795-fedb65b0d13g", "1142e558-ce23-44a4-9795-fedb65b0d13a ", "--------------",
            "../e558-ce23-44a4-9795-fedb65b0d13a",
        ]
    )
    func form(_ text: String) { #expect(!isUUID(text)) }

    private func session(_ id: String, _ state: Session.State) -> Session {
        Session(id: id, store: "/x", state: state)
    }
}
