import Glibc

/// `agentlaunch wait AGENT`: returns when its launcher has ended, with the launcher's status.
struct WaitCommand {
    private let conversation: KnownConversation
    private let elsewhere: String?
    private let diagnostics: Diagnostics

    /// `status`: there is nothing that could be waited for.
    private static let notRunning: Int32 = 3

    init(_ selection: ConversationSelection, agent: String, _ diagnostics: Diagnostics) {
        conversation = selection.one(agent)
        elsewhere = conversation.state == .ended ? selection.elsewhere(than: conversation) : nil
        self.diagnostics = diagnostics
    }

    func run() throws(LaunchError) -> Int32 {
        guard let launcher = conversation.launcher else {
            return try ended(conversation.run, wasRunning: false)
        }
        do throws(Errno) {
            let process = try ProcessHandle(launcher.process.pid)
            // Another process by now, if the number was given on before the handle was made.
            if launcher.process.isAlive { _ = process.hasEnded(within: nil) }
        } catch {
            guard error.code == ESRCH else {
                throw LaunchError(
                    .unavailable,
                    conversation.title,
                    "\(error)",
                    "see agentlaunch status for how it ended"
                )
            }
        }
        let run = RunFile(conversation: conversation.folder).read()
        return try ended(run?.launcher == launcher.process ? run : nil, wasRunning: true)
    }

    private func ended(_ run: Run?, wasRunning: Bool) throws(LaunchError) -> Int32 {
        if let end = run?.end {
            if !wasRunning { say("ended at \(end.at.rfc3339), exit status \(end.status)") }
            return end.status
        }
        if run != nil || wasRunning {
            throw LaunchError(
                .unavailable,
                conversation.title,
                "the launcher of conversation \(conversation.name) left no exit status: it was killed, or refused to start",
                "start it again"
            )
        }
        say("is not running, and how it ended is unknown")
        return Self.notRunning
    }

    private func say(_ what: String) {
        let next = elsewhere.map { "; " + $0 } ?? ""
        diagnostics.notice("\(conversation.title): conversation \(conversation.name) \(what)\(next)")
    }
}
