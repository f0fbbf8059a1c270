/// A directory of agentlaunch's own, and where its conversation runs.
struct ConversationDirectory: Equatable, Sendable {
    var path: Path
    var workdir: Path
}

/// What a store needs to know to answer for one conversation. Plain values: a store never asks the process.
struct StoreQuery: Sendable {
    var environment: Environment
    /// `$HOME`.
    var home: Path
    /// Physical path of the directory where the agent is to run.
    var workdir: Path
    /// The conversation's name, `default` unless given.
    var name: String
    /// `candidates` are those of every directory: for lists, never for a start.
    var everywhere = false
    /// Where agentlaunch keeps the agent's other conversations, for agents whose files are there: for lists, never for a
    /// start.
    var otherConversations: [ConversationDirectory] = []
    /// The conversation's own directory, for agents that keep theirs there.
    var conversation: Path?
    /// Ids and names that the record of this conversation holds: a try among them counts as having a trace.
    var recorded: Set<String> = []
    /// The task of this start, if there is one.
    var task: TaskText?
    /// How many milliseconds a busy store is waited for.
    var patience: Int64 = 10_000
}
