import Glibc

/// `agentlaunch stop AGENT|--all`: ends launchers, each with its agent, and returns when they have ended.
struct StopCommand {
    private let selection: ConversationSelection
    private let diagnostics: Diagnostics

    init(_ selection: ConversationSelection, _ diagnostics: Diagnostics) {
        self.selection = selection
        self.diagnostics = diagnostics
    }

    func run() -> Int32 {
        guard let agent = selection.agent else { return stop(selection.all()) }
        let conversation = selection.one(agent)
        if conversation.state == .ended {
            let elsewhere = selection.elsewhere(than: conversation).map { "; " + $0 } ?? ""
            diagnostics.notice(
                "\(conversation.title): conversation \(conversation.name) is not running\(elsewhere)"
            )
            return ExitStatus.success.rawValue
        }
        return stop([conversation])
    }

    /// All are asked at once and waited for together; what is wrong with one does not spare the others.
    private func stop(_ conversations: [KnownConversation]) -> Int32 {
        let live = conversations.filter { $0.state != .ended }
        if live.isEmpty { diagnostics.notice("nothing is running") }
        var worst = ExitStatus.success
        func attempt(_ work: () throws(LaunchError) -> Void) {
            do throws(LaunchError) { try work() } catch {
                diagnostics.report(error)
                worst.worsen(to: error.status)
            }
        }
        var stops: [LauncherStop] = []
        for conversation in live where conversation.state == .running {
            attempt { () throws(LaunchError) in
                if let stop = try LauncherStop(conversation) { stops.append(stop) }
            }
        }
        for conversation in live where conversation.state == .ending {
            guard let run = conversation.run else { continue }
            attempt { () throws(LaunchError) in
                try Predecessor.end(run: run, timeout: run.stopTimeoutMilliseconds) {
                    diagnostics.notice("\(conversation.title): \($0)")
                }
                said(conversation)
            }
        }
        while !stops.isEmpty {
            let now = monotonicMilliseconds()
            stops.removeAll { stop in
                var isOver = true
                attempt { () throws(LaunchError) in
                    isOver = try stop.hasEnded(now: now)
                    guard isOver else { return }
                    try stop.endOrphan { diagnostics.notice("\(stop.conversation.title): \($0)") }
                    said(stop.conversation, stop.wasKilled ? ", killed" : "")
                }
                return isOver
            }
            if !stops.isEmpty { usleep(20_000) }
        }
        return worst.rawValue
    }

    private func said(_ conversation: KnownConversation, _ how: String = "") {
        let pid = (conversation.launcher?.process ?? conversation.run?.launcher)?.pid
        diagnostics.notice(
            "\(conversation.title): conversation \(conversation.name) stopped\(how)",
            [
                .init("agent", .string(conversation.agent)), .init("session", .string(conversation.name)),
                .init("workdir", .optional(conversation.workdir?.description)),
                .init("pid", pid.map { .integer($0) } ?? .null),
            ]
        )
    }
}
