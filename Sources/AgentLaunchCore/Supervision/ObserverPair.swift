final class ObserverPair: LaunchObserver {
    let all: [any LaunchObserver]
    init(_ a: any LaunchObserver, _ b: (any LaunchObserver)?) { all = [a, b].compactMap(\.self) }
    var descriptors: [Int32] { all.flatMap(\.descriptors) }
    var deadline: Int64? { all.compactMap(\.deadline).min() }
    func started(pid: Int32) { for one in all { one.started(pid: pid) } }
    func wake() { for one in all { one.wake() } }
    func ended() { for one in all { one.ended() } }
}
