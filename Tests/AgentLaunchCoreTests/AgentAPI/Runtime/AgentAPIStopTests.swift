import Testing

@testable import AgentLaunchCore

@Suite("Stopping agentapi", .timeLimit(.minutes(1)))
struct AgentAPIStopTests {
    @Test("one TERM, however many requests come")
    func oneTerm() {
        var stop = AgentAPIStop(timeout: 15_000)
        stop.request(now: 1000)
        stop.request(now: 1050)
        #expect(stop.step(now: 1100, isShuttingDown: false) == .nothing)
        #expect(stop.step(now: 1200, isShuttingDown: false) == .terminate)
        stop.request(now: 1300)
        for now in stride(from: Int64(1300), to: 15_900, by: 100) {
            #expect(stop.step(now: now, isShuttingDown: false) == .nothing)
        }
    }

    @Test("no TERM if another signal has already started the shutdown")
    func noneWhenShuttingDown() {
        var stop = AgentAPIStop(timeout: 15_000)
        stop.request(now: 0)
        #expect(stop.step(now: 10, isShuttingDown: true) == .nothing)
        // Also when it is looked at without the knowledge again.
        #expect(stop.step(now: 5000, isShuttingDown: false) == .nothing)
    }

    @Test("KILL at the deadline of the first request, and again while something is left")
    func killsAtTheDeadline() {
        var stop = AgentAPIStop(timeout: 2000)
        stop.request(now: 0)
        _ = stop.step(now: 200, isShuttingDown: false)
        stop.request(now: 1900)
        #expect(stop.step(now: 1999, isShuttingDown: true) == .nothing)
        #expect(stop.step(now: 2000, isShuttingDown: true) == .kill)
        #expect(stop.isKilling)
        #expect(stop.deadline != nil)
        #expect(stop.step(now: stop.deadline ?? 0, isShuttingDown: true) == .kill)
    }

    @Test("without a stop request, processes left by agentapi get the whole timeout from its exit")
    func leftoversHaveTime() {
        var stop = AgentAPIStop(timeout: 2000)
        #expect(stop.deadline == nil)
        stop.ended(now: 500)
        #expect(!stop.isRequested)
        #expect(stop.step(now: 2499, isShuttingDown: false) == .nothing)
        #expect(stop.step(now: 2500, isShuttingDown: false) == .kill)
    }

    @Test("no TERM after the end")
    func noTermAfterTheEnd() {
        var stop = AgentAPIStop(timeout: 2000)
        stop.request(now: 0)
        stop.ended(now: 100)
        #expect(stop.step(now: 300, isShuttingDown: false) == .nothing)
    }
}
