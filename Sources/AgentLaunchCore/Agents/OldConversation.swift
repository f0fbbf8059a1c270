/// What a cold start would make the agent overwrite: saved before it, as the agent itself could load it again.
struct OldConversation: Equatable, Sendable {
    /// Nil if it cannot be read so far.
    var id: String?
    var content: Bytes
}
