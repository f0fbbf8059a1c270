/// A process. A pid names one process only together with its start time.
struct ProcessIdentity: Equatable, Sendable {
    var pid: Int32
    /// As `ProcessStat` has it.
    var startTicks: UInt64
}

extension ProcessIdentity {
    /// Nil if there is no such process, or a dead one.
    init?(_ pid: Int32) {
        guard let stat = ProcessStat(pid), !stat.isDead else { return nil }
        self.init(pid: pid, startTicks: stat.startTicks)
    }

    /// Whether it still is this process, and not another one that was given its number.
    var isAlive: Bool { ProcessIdentity(pid) == self }
}
