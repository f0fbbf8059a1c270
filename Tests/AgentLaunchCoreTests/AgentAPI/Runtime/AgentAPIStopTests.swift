import Testing

@testable import AgentLaunchCore

@Suite("Stopping agentapi", .timeLimit(.minutes(1)))
struct AgentAPIStopTests {
    private var stop = AgentAPIStop()

    @Test("one TERM, however many requests come")
    mutating func oneTerm() {
        stop.request(now: 1000)
        stop.request(now: 1050)
        #expect(stop.isDue(now: 1100, isShuttingDown: false) == false)
        #expect(stop.isDue(now: 1200, isShuttingDown: false) == true)
        stop.request(now: 1300)
        for now in stride(from: Int64(1300), to: 15_900, by: 100) {
            #expect(stop.isDue(now: now, isShuttingDown: false) == false)
        }
    }

    @Test("no TERM if another signal has already started the shutdown")
    mutating func noneWhenShuttingDown() {
        stop.request(now: 0)
        #expect(stop.isDue(now: 10, isShuttingDown: true) == false)
        // Also when it is looked at without the knowledge again.
        #expect(stop.isDue(now: 5000, isShuttingDown: false) == false)
    }

    @Test("no TERM after the end, and none unless a stop was requested")
    mutating func noTermAfterTheEnd() {
        #expect(!stop.isRequested)
        stop.request(now: 0)
        #expect(stop.isRequested)
        stop.ended()
        #expect(stop.isDue(now: 300, isShuttingDown: false) == false)
    }
}
