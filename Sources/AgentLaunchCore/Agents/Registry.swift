/// The agents, sorted by name.
enum Registry {
    static let agents: [Agent] = [
        .aider, .amazonQ, .amp, .auggie, .claude, .codex, .copilot, .cursor, .custom, .gemini, .goose, .kiro,
        .openCode,
    ]
}
