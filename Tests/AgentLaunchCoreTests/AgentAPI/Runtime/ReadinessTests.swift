import Testing

@testable import AgentLaunchCore

@Suite("Readiness of agentapi", .timeLimit(.minutes(1)))
struct ReadinessTests {
    private let stable = ChatAnswer.status(isStable: true)
    private let running = ChatAnswer.status(isStable: false)

    @Test(
        "Three good answers in a row make it ready, whatever the agent does, and only the third one says so"
    )
    func threeInARow() {
        var readiness = Readiness()
        let answers = [running, stable, running, running, stable]
        let said = answers.map { readiness.took($0) }
        #expect(said == [false, false, true, false, false])
    }

    @Test(
        "A failure in between begins the row anew",
        arguments: [ChatAnswer.failed("500"), .notAsked("refused")]
    )
    func broken(_ failure: ChatAnswer) {
        var readiness = Readiness()
        let said = [running, running, failure, running, running].map { readiness.took($0) }
        #expect(!said.contains(true))
        #expect(!readiness.isReady)
        let third = readiness.took(running)
        #expect(third)
    }
}
