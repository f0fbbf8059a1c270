import Glibc

/// Takes part in the poll loop of a launch: finds out the session's id, checks that a prompt arrived, asks agentapi.
protocol LaunchObserver: AnyObject {
    /// Polled for; asked for anew before every wait.
    var interests: [pollfd] { get }
    /// Monotonic milliseconds (`monotonicMilliseconds`) at which `wake` is wanted.
    var deadline: Int64? { get }
    /// The program runs: exec has happened.
    func started(pid: Int32)
    /// Something polled for is ready or the deadline has passed.
    func wake()
    /// A stop was asked for, or the child is about to end by itself.
    func stopping()
    /// The child has been reaped.
    func ended()
}

extension LaunchObserver {
    var interests: [pollfd] { [] }
    func started(pid: Int32) {}
    func stopping() {}
}

/// All who take part in one launch.
struct LaunchObservers {
    let members: [any LaunchObserver]

    var deadline: Int64? { members.compactMap(\.deadline).min() }

    func started(pid: Int32) { for member in members { member.started(pid: pid) } }
    func stopping() { for member in members { member.stopping() } }
    func ended() { for member in members { member.ended() } }

    /// Waits for `own` and for what the members poll for, at most until `milliseconds` have passed (-1: for ever);
    /// what became ready of `own` is noted there, and of which members something did is returned.
    func poll(_ own: inout [pollfd], milliseconds: Int32) -> [Bool] {
        let interests = members.map(\.interests)
        var entries = own + interests.joined()
        let count = Glibc.poll(&entries, nfds_t(entries.count), milliseconds)
        if count <= 0 { for index in entries.indices { entries[index].revents = 0 } }
        own = Array(entries.prefix(own.count))
        var rest = entries.dropFirst(own.count)
        var ready: [Bool] = []
        for interest in interests {
            ready.append(rest.prefix(interest.count).contains { $0.revents != 0 })
            rest = rest.dropFirst(interest.count)
        }
        return ready
    }

    /// Those that are ready, and those whose time has come.
    func wake(_ ready: [Bool], now: Int64) {
        for (member, isReady) in zip(members, ready) {
            if isReady || member.deadline.map({ now >= $0 }) == true { member.wake() }
        }
    }
}
