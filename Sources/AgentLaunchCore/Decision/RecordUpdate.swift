extension Record {
    /// The record as it has to be before the agent is started: a prompt that goes with this start is `given`.
    init(
        of decision: Decision,
        agent: Agent,
        prompt: StartPrompt,
        workdir: Path,
        name: String,
        store: Path,
        task: TaskText?,
        old: Record?,
        moduleDirectory: Path?,
        now: Timestamp
    ) {
        let session = decision.session
        if let old, let session, old.isAbout(session) {
            self = old
            sessionID = session.id
        } else {
            let new = decision.start?.reference ?? NewSession()
            self.init(
                agent: agent.name,
                workdir: workdir,
                name: name,
                sessionID: new.id,
                sessionName: new.name,
                origin: Origin(decision.how),
                store: store,
                startedAt: now
            )
            if session == nil, new == NewSession(), origin != .fresh { origin = .captured }
            // The chat of the conversation before this one is still where it was.
            stateFile = old?.stateFile
            stateSession = stateFile == nil ? nil : old?.stateToken ?? "unknown"
        }
        self.store = store
        self.moduleDirectory = moduleDirectory
        guard let task else { return }
        switch (prompt.action, prompt.given) {
        case (.send, _):
            prompts.removeAll { $0.sha256 == task.sha256 && $0.state == .given }
            // What is sent or typed when the agent is up becomes `given` then.
            if prompt.route?.isGivenLater == true {
                owesPrompt = agent.pinsThread && decision.verdict == .cold
                return
            }
            owesPrompt = false
            prompts.append(.given(task, at: now, how: prompt.route ?? .argument))
        case (_, .this) where holds(task.sha256)?.state != .delivered:
            prompts.removeAll { $0.sha256 == task.sha256 }
            var found = Prompt.given(task, at: now, how: .argument)
            found.how = "found"
            found.state = .delivered
            prompts.append(found)
        default: break
        }
    }
}

extension Record.Origin {
    fileprivate init(_ how: Decision.How) {
        self =
            switch how {
            case .requested: .requested
            case .fresh: .fresh
            case .record, .derived: .derived
            case .legacy: .legacy
            case .matched, .adopted: .adopted
            }
    }
}
