/// The agents, sorted by name.
enum Registry {
    static let agents: [Agent] = [.amazonq, .claude, .codex, .custom, .goose]
}
