/// How far an agentapi that runs has come, as its `/status` tells at once; it is no sign of life.
enum LaunchPhase: String, Sendable {
    case starting, ready

    /// One for each; nil where nothing is to be asked.
    static func of(_ conversations: [KnownConversation]) -> [LaunchPhase?] {
        conversations.map { _ in nil }
    }
}
