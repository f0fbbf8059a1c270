/// How far an agentapi that runs has come, as its `/status` tells at once; it is no sign of life. Or that a child is
/// to be started again.
enum LaunchPhase: String, Sendable {
    case starting, ready, restarting

    /// All are asked at once, and this long.
    private static let patience: Int64 = 1_000

    /// One for each; nil where there is nobody to ask, and where the answer takes its time: agentapi answers nobody
    /// while it types a message.
    static func of(_ conversations: [KnownConversation], _ environment: Environment) -> [LaunchPhase?] {
        let runs = conversations.map { $0.state == .running ? $0.current : nil }
        let ports = runs.map { $0?.restartDue == nil ? $0?.port : nil }
        let addresses = ports.compactMap(\.self).map { LoopbackAddress(port: $0, environment: environment) }
        var answers = agentAPIStatuses(of: addresses, milliseconds: patience)[...]
        return zip(runs, ports).map { run, port in
            if run?.restartDue != nil { return .restarting }
            return port == nil ? nil : answers.popFirst()?.flatMap(phase)
        }
    }

    private static func phase(_ answer: ChatAnswer) -> LaunchPhase {
        switch answer {
        // It listens too if it only refuses the name that it was called by.
        case .status, .refused: .ready
        default: .starting
        }
    }
}
