import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("From TERM to KILL", .timeLimit(.minutes(1)))
struct StopSequenceTests {
    private var stop = StopSequence(timeout: 2000)

    @Test(
        "KILL comes at the deadline of the first request, and again while something is left",
        arguments: [SIGTERM, SIGHUP]
    )
    mutating func killsAtTheDeadline(_ signal: Int32) {
        #expect(stop.deadline == nil)
        stop.passedOn(signal, now: 0)
        stop.passedOn(signal, now: 1900)
        #expect(stop.isDue(now: 1999) == false)
        #expect(stop.isDue(now: 2000) == true)
        let again = stop.deadline ?? 0
        #expect(again > 2000)
        #expect(stop.isDue(now: again) == true)
    }

    @Test("no other signal begins it", arguments: [SIGINT, SIGQUIT, SIGUSR1])
    mutating func onlyRequests(_ signal: Int32) {
        stop.passedOn(signal, now: 0)
        #expect(!stop.isTold && stop.deadline == nil)
        #expect(stop.isDue(now: 100_000) == false)
    }

    @Test("what outlives KILL for five seconds is no longer waited for")
    mutating func givesUp() {
        stop.passedOn(SIGTERM, now: 0)
        while let due = stop.deadline {
            #expect(due < 7000)
            #expect(stop.isDue(now: due) == true)
        }
        #expect(stop.hasGivenUp && stop.isOverdue)
    }
}

@Suite("Who does not read the last output", .timeLimit(.minutes(1)))
struct StalledReaderTests {
    private var reader = StalledReader()

    @Test("is given up after a second without a byte, and not looked at again for it")
    mutating func givenUp() {
        reader.look(isStuck: true, taken: 10, now: 0)
        reader.look(isStuck: true, taken: 11, now: 900)
        reader.look(isStuck: true, taken: 11, now: 1899)
        #expect(!reader.isGivenUp && reader.deadline == 1900)
        reader.look(isStuck: true, taken: 11, now: 1900)
        #expect(reader.isGivenUp && reader.deadline == nil)
    }

    @Test("has a second again after it has read")
    mutating func readsAgain() {
        reader.look(isStuck: true, taken: 10, now: 0)
        reader.look(isStuck: true, taken: 10, now: 1000)
        reader.look(isStuck: true, taken: 12, now: 1500)
        #expect(!reader.isGivenUp && reader.deadline == 2500)
        reader.look(isStuck: false, taken: 12, now: 1600)
        #expect(reader.deadline == nil)
    }
}
