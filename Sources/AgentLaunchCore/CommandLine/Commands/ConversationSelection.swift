/// Which conversations a command is about: AGENT, `--workdir`, `--session`.
struct ConversationSelection {
    let agent: String?
    let options: CommandOptions
    let finder: ConversationFinder
    /// Physical where it exists.
    let workdir: Path

    init(_ invocation: Invocation, _ processContext: ProcessContext, agent: String?) throws(LaunchError) {
        self.agent = agent
        try processContext.checkHome()
        options = try CommandOptions(
            invocation,
            environment: processContext.environment,
            currentDirectory: processContext.currentDirectory
        )
        workdir = (try? options.workdir.physical()) ?? options.workdir
        finder = ConversationFinder(
            state: StateDirectory(environment: processContext.environment, home: processContext.home),
            environment: processContext.environment
        )
    }

    /// The one that `stop`, `wait` and `logs` mean.
    func one(_ agent: String) -> KnownConversation {
        finder.one(agent: agent, name: options.sessionName ?? SessionName.fallback, workdir: workdir)
    }

    /// All that nothing given rules out.
    func all() -> [KnownConversation] {
        var found = finder.all(agent: agent)
        // One whose directory could not be made has its lock elsewhere.
        if let agent {
            let own = one(agent)
            if own.launcher != nil, !found.contains(where: { $0.folder == own.folder }) { found.append(own) }
        }
        return found.filter { conversation in
            let here = finder.state.conversation(
                agent: conversation.agent,
                name: conversation.name,
                workdir: workdir
            )
            return (!options.isWorkdirGiven || conversation.folder == here)
                && (options.sessionName == nil || conversation.name == options.sessionName)
        }
    }

    /// What to do where the one that was meant is not running.
    func elsewhere(than own: KnownConversation) -> String? {
        let others = finder.all(agent: own.agent).filter { $0.folder != own.folder && $0.state != .ended }
        guard let first = others.first else { return nil }
        var words: [String] = []
        if let directory = first.workdir, directory != own.workdir {
            words.append("--workdir \(ShellQuoting.quote(directory.description))")
        }
        if first.name != own.name { words.append("--session \(first.name)") }
        let more = others.count > 1 ? " (and \(others.count - 1) more: agentlaunch status \(own.agent))" : ""
        return "one of this agent's runs with \(words.joined(separator: " "))\(more)"
    }
}
