/// The agents, sorted by name.
enum Registry {
    static let agents: [Agent] = [
        .amazonQ, .claude, .codex, .copilot, .cursor, .custom, .gemini, .goose, .kiro, .openCode,
    ]
}
