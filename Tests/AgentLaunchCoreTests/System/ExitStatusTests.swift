import Testing

@testable import AgentLaunchCore

@Suite("Exit status", .timeLimit(.minutes(1)))
struct ExitStatusTests {
    @Test("Of several statuses the highest counts, in any order")
    func highest() {
        let several: [AgentLaunchCore.ExitStatus] = [.unavailable, .alreadyRunning, .success]
        for order in [several, several.reversed(), [.alreadyRunning, .success, .unavailable]] {
            var status = AgentLaunchCore.ExitStatus.success
            for one in order { status.worsen(to: one) }
            #expect(status == .alreadyRunning)
        }
    }
}
