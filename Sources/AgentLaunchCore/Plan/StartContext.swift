/// What a start is about, known before any store is looked at.
struct StartContext: Sendable {
    var agent: Agent
    var request: Request
    var transport: Transport
    var transportCause: Transport.Cause
    var isAttended: Bool
    var isRoot: Bool
    /// Physical.
    var workdir: Path
    /// The agent's: `--env HOME=…` moves its store.
    var home: Path
    /// The agent's environment, before its own settings.
    var environment: Environment
    /// How that came about: what `--env` and `--env-file` set, and the variables taken out.
    var change: EnvironmentChange
}
