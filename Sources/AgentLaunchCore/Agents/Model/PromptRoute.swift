/// How an agent takes the prompt of a start.
enum PromptIntake: Equatable, Sendable {
    /// In one argument, after a prefix such as `--prompt=`.
    case argument(prefix: String = "")
    /// In a file that its command names.
    case file
    /// Only as input, once it runs.
    case input

    /// The place for it in the agent's command.
    var argument: AgentCommand.Argument? {
        switch self {
        case .argument(let prefix): .prompt(prefix: prefix)
        case .file: .promptFile
        case .input: nil
        }
    }
}

/// How the prompt of one start travels to the agent.
enum PromptRoute: Sendable {
    /// In the agent's own command.
    case argument
    /// In a file that the agent's command names.
    case file
    /// As agentapi's `--initial-prompt`: agentapi pastes it when the agent is ready.
    case initialPrompt
    /// As the same, on agentapi's standard input.
    case stdin
    /// As a message to agentapi when the agent is ready.
    case message
    /// Typed into the agent's terminal when the agent is ready.
    case typed

    /// The word for it in plans and records.
    var name: String {
        switch self {
        case .argument: "argument"
        case .file: "file"
        case .initialPrompt, .message: "agentapi"
        case .stdin: "stdin"
        case .typed: "typed"
        }
    }

    /// It is given while the agent runs, and is not in the record before.
    var isGivenLater: Bool { self == .message || self == .typed }
}
