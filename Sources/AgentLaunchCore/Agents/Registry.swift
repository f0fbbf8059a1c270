/// The agents, sorted by name.
enum Registry {
    static let agents: [Agent] = [.claude, .codex, .cursor, .custom, .goose, .openCode]
}
