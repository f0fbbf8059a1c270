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

    /// What is wrong with the request, though not enough to refuse it.
    var warnings: [Warning] {
        guard transport == .direct, request.port != nil else { return request.warnings }
        return request.warnings + [Warning("option-unused", "--port has no effect on a direct start")]
    }
}
