/// The agents, sorted by name.
enum Registry {
    static let agents: [Agent] = [
        .aider,
        .amazonQ,
        .amp,
        .auggie,
        .claude,
        .codex,
        .copilot,
        .cursor,
        .custom,
        .gemini,
        .goose,
        .kiro,
        .openCode,
    ]

    static func agent(_ name: String) throws(LaunchError) -> Agent {
        guard let agent = agents.first(where: { $0.name == name }) else {
            throw LaunchError(.bug, name, "the agent is not registered", "report this")
        }
        return agent
    }
}
