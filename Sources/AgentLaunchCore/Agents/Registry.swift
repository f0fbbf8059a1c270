/// The agents, sorted by name.
enum Registry {
    static let agents: [Agent] = [
        .amazonQ, .claude, .codex, .cursor, .custom, .goose, .kiro, .openCode,
    ]
}
