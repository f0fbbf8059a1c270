/// One start of a conversation, as it runs or as it ended: what `status`, `stop`, `wait` and `logs` go by, and how
/// the next start finds an agentapi that outlived its launcher.
///
/// Kept as `run.json` in the conversation's own directory, from before the child is started.
struct Run: Equatable, Sendable {
    /// A pid names one process only together with its start time.
    struct Process: Equatable, Sendable {
        var pid: Int32
        /// As `ProcessStat` has it.
        var startTicks: UInt64
    }

    /// The exit status that agentlaunch itself ended with; 128 + n where it died of signal n.
    struct End: Equatable, Sendable {
        var status: Int32
        var at: Timestamp
    }

    var agent: String
    var workdir: Path
    var name: String
    var transport: Transport
    var launcher: Process
    /// agentapi, or the agent of a direct start; nil until it is started.
    var child: Process?
    /// The agent behind agentapi, or its wrapper: leader of the terminal session that agentapi made for it.
    var agentProcess: Process?
    /// agentapi's.
    var port: Int?
    var pidFile: Path?
    var log: Path?
    var stopTimeoutMilliseconds: Int
    var startedAt: Timestamp
    /// How often the child was started again.
    var restarts = 0
    /// When that happens next; nil while a child runs. What is said of the last one stays until then.
    var restartDue: Timestamp?
    /// Nil while it runs, and for ever if the launcher was killed.
    var end: End?
}

extension Run.Process {
    /// Nil if there is no such process, or a dead one.
    init?(_ pid: Int32) {
        guard let stat = ProcessStat(pid), !stat.isDead else { return nil }
        self.init(pid: pid, startTicks: stat.startTicks)
    }

    /// Whether it still is this process, and not another one that was given its number.
    var isAlive: Bool { Run.Process(pid) == self }
}
