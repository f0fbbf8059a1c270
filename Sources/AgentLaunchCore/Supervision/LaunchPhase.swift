import Glibc

/// How far an agentapi that runs has come, as its `/status` tells at once; it is no sign of life.
enum LaunchPhase: String, Sendable {
    case starting, ready

    /// All are asked at once, and this long.
    private static let patience: Int64 = 1_000

    /// One for each; nil where there is nobody to ask, and where the answer takes its time: agentapi answers nobody
    /// while it types a message.
    static func of(_ conversations: [KnownConversation], _ environment: Environment) -> [LaunchPhase?] {
        let exchanges = conversations.map { conversation -> HTTPExchange? in
            guard conversation.state == .running, let port = conversation.current?.port else { return nil }
            return HTTPExchange(
                .get("/status"),
                to: AgentAPIAddress(port: port, environment: environment),
                answerLimit: 1 << 20
            )
        }
        let deadline = monotonicMilliseconds() + patience
        while true {
            let progress = exchanges.map { $0?.advance() }
            var interests = exchanges.compactMap { $0?.interest }
            let rest = deadline - monotonicMilliseconds()
            if interests.isEmpty || rest <= 0 { return progress.map { $0.flatMap(phase) } }
            poll(&interests, nfds_t(interests.count), Int32(rest))
        }
    }

    private static func phase(_ progress: HTTPExchange.Progress) -> LaunchPhase? {
        switch progress {
        case .waiting: nil
        case .answered(let answer): answer.status == 200 ? .ready : .starting
        case .failed: .starting
        }
    }
}
