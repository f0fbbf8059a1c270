import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("Restarts", .timeLimit(.minutes(1)))
struct RestartsTests {
    private let failure = LaunchEnd(child: .exited(1), wasAskedFor: false)
    private let killed = LaunchEnd(child: .signalled(SIGKILL), wasAskedFor: false)

    // MARK: What is a failure

    @Test(
        "an end by a stop signal is no failure, whoever sent it, nor is 128 plus its number",
        arguments: [SIGHUP, SIGINT, SIGQUIT, SIGTERM]
    )
    func asked(_ signal: Int32) {
        #expect(!LaunchEnd(child: .signalled(signal), wasAskedFor: false).isFailure)
        #expect(!LaunchEnd(child: .exited(128 + signal), wasAskedFor: false).isFailure)
    }

    @Test(
        "a crash, a kill and a status that is not 0 are failures",
        arguments: [
            ChildEnd.exited(1), .exited(2), .exited(126), .exited(137), .exited(255), .signalled(SIGKILL),
            .signalled(SIGSEGV), .signalled(SIGABRT), .signalled(SIGUSR1), .signalled(SIGPIPE),
        ]
    )
    func failures(_ end: ChildEnd) {
        #expect(LaunchEnd(child: end, wasAskedFor: false).isFailure)
        #expect(!LaunchEnd(child: end, wasAskedFor: true).isFailure)
    }

    @Test("a status of 0 is no failure")
    func success() { #expect(!LaunchEnd(child: .exited(0), wasAskedFor: false).isFailure) }

    @Test("TERM and HUP ask for every later end, INT and QUIT for one that follows soon")
    func interrupted() {
        var stop = StopSequence(timeout: 15_000)
        #expect(!stop.wasAsked(now: 0))
        stop.passedOn(SIGINT, now: 1000)
        #expect(stop.wasAsked(now: 16_000))
        #expect(!stop.wasAsked(now: 16_001))
        stop.passedOn(SIGUSR1, now: 20_000)
        #expect(!stop.wasAsked(now: 20_000))
        stop.passedOn(SIGTERM, now: 20_000)
        #expect(stop.wasAsked(now: 1_000_000))
    }

    // MARK: How often

    @Test("the pause is a second, then twice the one before, then a minute")
    func pauses() {
        var throttle = RestartThrottle()
        // Far enough apart that there are never too many.
        let pauses = (0..<9).map { throttle.pause(after: 200_000, now: Int64($0) * 260_000) }
        #expect(pauses == [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000])
    }

    @Test("five in ten minutes, and one more as soon as the first of them is ten minutes ago")
    func limit() {
        var throttle = RestartThrottle()
        var now: Int64 = 0
        for expected: Int64 in [1000, 2000, 4000, 8000, 16_000] {
            #expect(throttle.pause(after: 100, now: now) == expected)
            now += expected + 100
        }
        var early = throttle
        // The sixth would be due 599,999 ms after the first.
        #expect(early.pause(after: 100, now: 1000 + 599_999 - 32_000) == nil)
        #expect(throttle.pause(after: 100, now: 1000 + 600_000 - 32_000) == 32_000)
    }

    @Test("after a run of ten minutes the pause is a second again")
    func recovered() {
        var throttle = RestartThrottle()
        #expect(throttle.pause(after: 0, now: 0) == 1000)
        #expect(throttle.pause(after: 599_999, now: 700_000) == 2000)
        #expect(throttle.pause(after: 600_000, now: 1_400_000) == 1000)
    }

    // MARK: Whether at all

    @Test("a warm start that fails twice in a row right away is given up")
    func refused() {
        var restarts = Restarts()
        #expect(restarts.step(after: failure, isWarm: true, life: 100, now: 100) == .again(1000))
        #expect(restarts.step(after: failure, isWarm: true, life: 9999, now: 11_100) == .giveUp(.refused))
    }

    @Test("a run in between that works, is killed or is cold resets the count")
    func notRefused() {
        for (end, isWarm, life) in [(failure, true, Int64(10_000)), (killed, true, 5), (failure, false, 5)] {
            var restarts = Restarts()
            #expect(restarts.step(after: failure, isWarm: true, life: 5, now: 5) == .again(1000))
            #expect(restarts.step(after: end, isWarm: isWarm, life: life, now: 20_000) == .again(2000))
            #expect(restarts.step(after: failure, isWarm: true, life: 5, now: 30_000) == .again(4000))
            #expect(restarts.step(after: failure, isWarm: true, life: 5, now: 40_000) == .giveUp(.refused))
        }
    }

    @Test("repeated kills are not a refusal, only too many restarts")
    func tooMany() {
        var restarts = Restarts()
        for _ in 0..<5 {
            guard case .again = restarts.step(after: killed, isWarm: true, life: 5, now: 0) else {
                Issue.record("given up too early")
                return
            }
        }
        #expect(restarts.step(after: killed, isWarm: true, life: 5, now: 0) == .giveUp(.tooMany))
    }

    @Test("a regular end is final")
    func done() {
        var restarts = Restarts()
        let end = LaunchEnd(child: .exited(0), wasAskedFor: false)
        #expect(restarts.step(after: end, isWarm: true, life: 5, now: 0) == .done)
    }
}
