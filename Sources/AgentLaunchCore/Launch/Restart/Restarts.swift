/// Decides after each run whether another one follows.
struct Restarts: Equatable, Sendable {
    enum Step: Equatable, Sendable {
        /// It has ended as it should, or as somebody asked.
        case done
        /// After so many milliseconds.
        case again(Int64)
        case giveUp(Why)
    }

    enum Why: Equatable, Sendable {
        case tooMany
        /// The agent does not go on with this conversation.
        case refused
    }

    /// A resumed agent that fails sooner has not begun to work.
    static let atOnce: Int64 = 10_000
    private static let mostRefusals = 2

    private var throttle = RestartThrottle()
    private var refusals = 0

    /// - Parameter life: how long the run lasted, in milliseconds.
    mutating func step(after end: LaunchEnd, isWarm: Bool, life: Int64, now: Int64) -> Step {
        guard end.isFailure else { return .done }
        // Who refuses an id says so and exits; a signal is no answer.
        if isWarm, life < Self.atOnce, case .exited = end.child { refusals += 1 } else { refusals = 0 }
        if refusals == Self.mostRefusals { return .giveUp(.refused) }
        return throttle.pause(after: life, now: now).map(Step.again) ?? .giveUp(.tooMany)
    }
}
