/// How long to wait before the next restart, and when there have been too many. Times are monotonic milliseconds.
struct RestartThrottle: Equatable, Sendable {
    /// So many in any `window`.
    static let most = 5
    static let window: Int64 = 600_000
    static let shortest: Int64 = 1000
    static let longest: Int64 = 60_000

    private var delay = shortest
    /// When the restarts of the last window were due.
    private var restarts: [Int64] = []

    /// The time to wait after a run that failed; nil: no more. `life`: how long that run lasted. One that lasted as
    /// long as the window has nothing to do with the failures before it.
    mutating func pause(after life: Int64, now: Int64) -> Int64? {
        if life >= Self.window { delay = Self.shortest }
        let pause = delay
        restarts.removeAll { now + pause - $0 >= Self.window }
        guard restarts.count < Self.most else { return nil }
        restarts.append(now + pause)
        delay = min(delay * 2, Self.longest)
        return pause
    }
}
