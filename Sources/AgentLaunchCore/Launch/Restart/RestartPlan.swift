/// How a run that failed is planned anew: for the conversation that it was about, whatever the options said of others.
extension LaunchSteps {
    func again(after run: FinishedRun) -> LaunchSteps {
        var again = self
        again.ownRecord = run.record
        var request = context.request
        switch request.conversation {
        // The record names the session by now.
        case .fresh, .resume: request.conversation = .automatic
        case .automatic, .requireResume: break
        }
        request.onUnknown = .refuse
        // What was to be sent and provably never arrived is not lost; all else is left as it is.
        let wasSent = run.plan.prompt.action == .send && run.plan.decision.verdict == .warm
        let isOpen =
            context.agent.storesPromptWithAnswer
            && run.record?.prompts.contains { $0.state == .given } == true
        request.onNewPrompt = wasSent && !isOpen ? .send : .skip
        if run.record == nil, request.task != nil {
            // Nothing tells what a program did with it that keeps no conversations.
            request.task = nil
            request.warnings.append(
                Warning("prompt-not-sent", "cannot tell what became of the prompt; not giving it again")
            )
        }
        again.context.request = request
        return again
    }

}

extension PlannedStart {
    /// Beside what no start may do: a restart goes on with its own conversation, and gives the prompt again only
    /// where nothing can have come of it.
    func checkRestart(after record: Record) throws(LaunchError) {
        let decision = plan.decision
        if decision.verdict == .warm, let id = record.sessionID, decision.session?.id != id {
            throw lost("its conversation \(id) is gone", "see agentlaunch sessions")
        }
        guard decision.verdict == .cold, plan.prompt.action == .send, let task,
            let prompt = record.holds(task.sha256)
        else { return }
        if prompt.state == .delivered {
            throw lost(
                "the conversation that was given the prompt is gone",
                "start it by hand to give the prompt to a new one"
            )
        }
        if plan.agent.storesPromptWithAnswer {
            throw lost(
                "it may have been given the prompt, which it stores only with the answer",
                "start it by hand to give the prompt again"
            )
        }
    }

    private func lost(_ why: String, _ nextStep: String) -> LaunchError {
        LaunchError(.unknown, plan.agent.name, "not restarting: \(why)", nextStep)
    }
}
