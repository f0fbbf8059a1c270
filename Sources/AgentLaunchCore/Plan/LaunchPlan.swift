/// Everything that a start at this moment would do: made by the planner, printed by a dry run, run by a launch.
struct LaunchPlan: Sendable {
    /// The text that goes with the start, or the task that is left out.
    struct Prompt: Equatable, Sendable {
        var action: PromptDecision.Action
        var delivery: AgentCommand.Delivery?
        /// What is sent, or with `skip` the task.
        var text: Bytes?
        var given: PromptDecision.Given?
        var isRefused = false
    }

    struct EnvironmentChange: Equatable, Sendable {
        struct Setting: Equatable, Sendable {
            var name: String
            var value: Bytes
            /// The user's own: shown by its length only.
            var isPrivate = false
        }

        var set: [Setting] = []
        var unset: [String] = []

        /// Another change on top of this one, which wins.
        mutating func add(_ other: EnvironmentChange) {
            let names = other.set.map(\.name) + other.unset
            set.removeAll { names.contains($0.name) }
            unset.removeAll { names.contains($0) }
            set += other.set
            unset += other.unset
        }

        /// What `--env` sets is in the environment already, under a name that need not be text.
        func applied(to environment: Environment) -> Environment {
            var result = environment
            for name in unset { result[name] = nil }
            for setting in set where !setting.isPrivate || environment[setting.name] != nil {
                result[setting.name] = setting.value
            }
            return result
        }
    }

    var agent: Agent
    var workdir: Path
    var decision: Decision
    var prompt: Prompt
    var transport: Transport
    var transportCause: Transport.Cause
    var isAttended: Bool
    /// agentapi with its options, up to and without `--`; empty for a direct start.
    var agentAPI: [AgentCommand.Argument] = []
    /// Nil for a direct start, and where nothing is started.
    var server: AgentAPI.Server?
    var wrapper: [Bytes] = []
    /// argv of the agent alone; empty if the verdict is unknown.
    var agentCommand: [AgentCommand.Argument] = []
    var environment = EnvironmentChange()
    var version: VersionAnswer
    /// `--restart on-failure`: what follows is planned when it is due.
    var isRestarted = false
    var findings: Findings

    /// argv of the child.
    var command: [AgentCommand.Argument] {
        if agentCommand.isEmpty { return [] }
        return agentAPI + (agentAPI.isEmpty ? [] : ["--"]) + wrapper.map { .text($0) } + agentCommand
    }

    /// The command as the kernel gets it.
    func arguments(promptFile: Path?) -> [Bytes] {
        command.map { argument in
            switch argument {
            case .text(let bytes): bytes
            case .prompt(let prefix): Bytes(prefix.utf8) + (prompt.text ?? [])
            case .promptFile: promptFile?.bytes ?? []
            case .newThread: Bytes()
            }
        }
    }
}

/// The agent's release, and how it is known.
struct VersionAnswer: Equatable, Sendable {
    enum Source: String, Sendable {
        case option, asked, remembered, files, assumed
        case notNeeded = "not-needed"
    }

    var version: Version?
    var source: Source
}
