/// The agents, sorted by name.
enum Registry {
    static let agents: [Agent] = [
        .aider, .amp, .auggie, .claude, .codex, .cursor, .custom, .goose, .openCode,
    ]
}
