/// How the agent is run: under `agentapi server`, or itself on the pseudo-terminal.
enum Transport: String, Choice {
    case agentapi, direct

    /// Why it is this one.
    enum Cause: String, Sendable {
        case option, environment, terminal
        case noTerminal = "no-terminal"
    }

    /// The terminals among the standard descriptors.
    struct Terminals: Equatable, Sendable {
        var input: Bool
        var output: Bool
        var error: Bool
    }

    /// What holds where nobody said which. A dry run's output is often piped, so it looks at stdin and stderr.
    static func decided(by terminals: Terminals, dryRun: Bool) -> (Transport, Cause) {
        let isDirect =
            dryRun ? terminals.input || terminals.error : terminals.input && terminals.output
        return isDirect ? (.direct, .terminal) : (.agentapi, .noTerminal)
    }
}
