/// The agents, sorted by name.
enum Registry {
    static let agents: [Agent] = [.auggie, .claude, .codex, .cursor, .custom, .goose, .openCode]
}
