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
    var wrapper: [Bytes] = []
    /// argv of the agent alone; empty if the verdict is unknown.
    var agentCommand: [AgentCommand.Argument] = []
    var environment = EnvironmentChange()
    var version: VersionAnswer
    var findings: Findings

    /// argv of the child.
    var command: [AgentCommand.Argument] {
        if agentCommand.isEmpty { return [] }
        return agentAPI + (agentAPI.isEmpty ? [] : ["--"]) + wrapper.map { .text($0) } + agentCommand
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
