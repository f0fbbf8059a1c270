/// agentapi as it is installed here.
struct AgentAPIProgram: Equatable, Sendable {
    static let name = "agentapi"
    /// The newest release these rules were checked with.
    static let newestKnown: Version = "0.12.1"
    static let install = "get it from https://github.com/coder/agentapi/releases, or use --direct"

    var executable: Executable
    var version = VersionAnswer(version: nil, source: .notNeeded)

    static func find(_ environment: Environment, home: Path, relativeTo directory: Path) -> AgentAPIProgram {
        let places: [Path] = ["/usr/local/bin", home / ".local/bin"]
        return AgentAPIProgram(
            executable: .find(
                Bytes(name.utf8),
                places: places,
                environment: environment,
                relativeTo: directory
            )
        )
    }

    /// The installed release, or the newest known where it cannot be had.
    var release: Version { version.version ?? Self.newestKnown }

    func can(_ feature: AgentAPIFeature) -> Bool { release >= feature.since }
}

extension PromptRoute {
    /// What agentapi itself has to be able to do for it.
    var feature: AgentAPIFeature? {
        switch self {
        case .initialPrompt: .promptArgument
        case .stdin: .promptInput
        case .argument, .file, .message, .typed: nil
        }
    }
}

/// What not every release of agentapi can do.
enum AgentAPIFeature: Sendable {
    /// `--initial-prompt`.
    case promptArgument
    /// A prompt on its standard input.
    case promptInput
    /// The state file and the pid file.
    case state

    var since: Version {
        switch self {
        case .promptArgument: "0.9.0"
        case .promptInput: "0.11.0"
        case .state: "0.12.0"
        }
    }
}
