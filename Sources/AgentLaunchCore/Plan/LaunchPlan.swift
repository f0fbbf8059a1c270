/// Everything that a start at this moment would do: made by the planner, printed by a dry run, run by a launch.
struct LaunchPlan: Sendable {
    var agent: Agent
    var workdir: Path
    var decision: Decision
    var prompt: StartPrompt
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
