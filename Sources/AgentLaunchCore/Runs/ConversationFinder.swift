/// Finds the conversations that were started here.
struct ConversationFinder {
    let state: StateDirectory
    let environment: Environment

    /// Those of one agent or of all that have run or run now, by agent, directory and name.
    func all(agent: String?) -> [KnownConversation] {
        StateDirectory.conversations(in: state.root, of: agent.map { Bytes($0.utf8) })
            .compactMap { KnownConversation($0, agent: $0.parent.lastComponent.lossyText, environment) }
            .filter { $0.run != nil || $0.launcher != nil }
            .sorted { ($0.agent, $0.workdir ?? "", $0.name) < ($1.agent, $1.workdir ?? "", $1.name) }
    }

    /// The one of this name and directory, even if nothing is known of it.
    func one(agent: String, name: String, workdir: Path) -> KnownConversation {
        let folder = state.conversation(agent: agent, name: name, workdir: workdir)
        return KnownConversation(
            folder,
            agent: agent,
            name: name,
            workdir: workdir,
            run: RunFile(conversation: folder).read(),
            environment
        )
    }
}
