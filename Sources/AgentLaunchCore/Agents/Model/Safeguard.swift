/// What keeps a start from destroying older conversations where the agent itself would.
enum Safeguard: Equatable, Sendable {
    case notNeeded
    case settings(OwnSettings)
    /// Nothing does: what the user can do.
    case missing(Warning)
}

/// A settings file of agentlaunch's own for the agent, written when it is started and named to it by a variable.
struct OwnSettings: Equatable, Sendable {
    var variable: String
    var content: Bytes
    /// What it does, said of the variable.
    var purpose: String
}
