import Glibc

/// A process that lives, as `/proc` shows it.
struct ProcessStatus: Equatable, Sendable {
    /// Ticks of the clock between the machine's start and the process's: with the pid it names one process.
    var startTicks: UInt64
    /// By a signal: it answers none but CONT and KILL.
    var isStopped: Bool
    var command: Bytes
    var arguments: [Bytes]

    /// Nil if there is no such process, or if it is dead already and waits for its parent.
    init?(_ pid: Int32) {
        guard let stat = ProcessStat(pid), !stat.isDead else { return nil }
        startTicks = stat.startTicks
        isStopped = stat.isStopped
        command = stat.command
        let text = (try? ReadOnlyFile(Path("/proc/\(pid)/cmdline")).read(1 << 16, at: 0)) ?? []
        arguments = text.split(separator: 0, omittingEmptySubsequences: false).map { Bytes($0) }
    }

    /// When the process was started, to a second or so; nil where `/proc/stat` does not tell.
    var started: Timestamp? {
        guard let text = try? contentsOfSmallFile("/proc/stat") else { return nil }
        let line = text.split(separator: 0x0a).first { $0.starts(with: Bytes("btime ".utf8)) }
        guard let line, let boot = Int64(Bytes(line.dropFirst(6)).lossyText) else { return nil }
        let perSecond = Int64(sysconf(Int32(_SC_CLK_TCK)))
        return Timestamp(milliseconds: boot * 1000 + Int64(startTicks) * 1000 / max(1, perSecond))
    }
}
