/// One start of a conversation, as it runs or as it ended: what `status`, `stop`, `wait` and `logs` go by, and how
/// the next start finds an agentapi that outlived its launcher.
///
/// Kept as `run.json` in the conversation's own directory, from before the child is started.
struct Run: Equatable, Sendable {
    /// Milliseconds: more than eleven days.
    static let longestStopTimeout: Int64 = 1_000_000_000

    /// The exit status that agentlaunch itself ended with; 128 + n where it died of signal n.
    struct End: Equatable, Sendable {
        var status: Int32
        var at: Timestamp
    }

    var agent: String
    var workdir: Path
    var name: String
    var transport: Transport
    var launcher: ProcessIdentity
    /// agentapi, or the agent of a direct start; nil until it is started.
    var child: ProcessIdentity?
    /// The agent behind agentapi, or its wrapper: leader of the terminal session that agentapi made for it.
    var agentProcess: ProcessIdentity?
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
