/// A start that is no dry run: under the conversation's lock, what an earlier launcher left is ended, and the
/// conversation is run until its agent is not started again.
struct ConversationLaunch {
    let steps: LaunchSteps
    let diagnostics: Diagnostics

    /// - Parameter report: in the background, to whoever waits in the foreground.
    func run(_ report: BackgroundReport?) throws(LaunchError) -> ChildEnd {
        let conversation = steps.conversation
        let locks = LaunchLocks(conversation: conversation, diagnostics: diagnostics)
        let lock = try locks.takeConversation()
        let timeout = steps.context.request.stopTimeoutMilliseconds
        try conversation.endPredecessor(timeout: timeout, diagnostics)
        conversation.removeLeftovers()
        let moduleDirectory = ModuleDirectoryLock.take(conversation)
        let session = HeldSession(locks)
        let gate = LaunchGate(diagnostics, session)
        let first = try gate.admit(steps)
        let reporter = try first.reporter(report) { diagnostics.warn($0) }
        let runs = ConversationRuns(
            steps: steps,
            diagnostics: diagnostics,
            gate: gate,
            reporter: reporter,
            session: session
        )
        let end: ChildEnd
        do throws(LaunchError) { end = try runs.run(first, moduleDirectory: moduleDirectory) } catch {
            reporter.end(error.status.rawValue)
            throw error
        }
        reporter.end(end.status)
        // Held until the agent has ended and everything is cleaned up.
        _ = consume lock
        session.release()
        return end
    }
}
