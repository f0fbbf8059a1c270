/// The long names of all options, without the dashes.
enum OptionName: String, CaseIterable, Sendable {
    case prompt
    case promptFile = "prompt-file"
    case promptEnv = "prompt-env"
    case promptBase64Env = "prompt-base64-env"
    case reportTasks = "report-tasks"
    case onNewPrompt = "on-new-prompt"
    case resumePrompt = "resume-prompt"
    case resumePromptFile = "resume-prompt-file"
    case resumeWhen = "resume-when"
    case workdir, session, resume, fresh
    case requireResume = "require-resume"
    case adopt
    case onUnknown = "on-unknown"
    case agentapi, direct, port
    case termWidth = "term-width"
    case termHeight = "term-height"
    case moduleDir = "module-dir"
    case statePersistence = "state-persistence"
    case wrapper, model
    case allowAll = "allow-all"
    case env
    case envFile = "env-file"
    case attended, unattended
    case agentVersion = "agent-version"
    case dryRun = "dry-run"
    case showPrompt = "show-prompt"
    case format
    case stopTimeout = "stop-timeout"
    case restart, detach
    case waitReady = "wait-ready"
    case logFile = "log-file"
    case quiet, verbose
    case logFormat = "log-format"
    case all, follow, tail, help, version

    /// As it is typed: `--prompt-file`.
    var flag: String { "--" + rawValue }

    var spec: OptionSpec { OptionTable.byName[self]! }

    /// The tasks, of which one can be given.
    static let prompts: [OptionName] = [.prompt, .promptFile, .promptEnv, .promptBase64Env]
    /// The messages for a warm start, of which one can be given.
    static let resumePrompts: [OptionName] = [.resumePrompt, .resumePromptFile]
}

/// The first word, where it is not an agent's name; `start` is what an agent's name means.
enum CommandName: String, CaseIterable, Sendable {
    case start, agents, sessions, doctor, status, wait, stop, logs, completions, help

    /// The ones that can be typed.
    static let typed = allCases.filter { $0 != .start }
}

/// One option: everything that parsing, help, completions and the manual need to know of it.
struct OptionSpec: Sendable {
    enum Value: Equatable, Sendable {
        /// Takes no value, or `=true`, `=false` and the like.
        case toggle
        /// Turns another switch off: the two share one variable.
        case opposite(of: OptionName)
        case text(String)
        case file(String)
        case directory(String)
        case choice([String])
        case number(String, ClosedRange<Int>)
        case seconds(String)
    }

    enum Group: String, CaseIterable, Sendable {
        case task = "Prompt options"
        case conversation = "Conversation options"
        case transport = "Transport options"
        case agent = "Agent options"
        case plan = "Output options"
        case supervision = "Supervision options"
        case reporting = "Message options (standard error)"
        case commands = "Command options"
        case general = "General options"
    }

    enum Environment: Equatable, Sendable {
        /// `AGENTLAUNCH_` and the name in capitals.
        case ownName
        /// One variable for two opposite switches; the values for this one and for its opposite.
        case pair(String, on: String, off: String)
        /// It belongs to one command line, not to an environment.
        case none
    }

    let name: OptionName
    var short: UInt8?
    let value: Value
    var repeats = false
    let group: Group
    var commands: Set<CommandName> = [.start]
    var environment: Environment = .ownName
    /// What holds when it is not given, for help.
    var fallback: String?
    /// At most two lines of help.
    let help: String

    /// Whether it takes a value, which may be the next argument.
    var takesValue: Bool {
        switch value {
        case .toggle, .opposite: false
        default: true
        }
    }

    /// The value's name in help; nil for switches.
    var metavar: String? {
        switch value {
        case .toggle, .opposite: nil
        case .text(let name), .file(let name), .directory(let name), .seconds(let name): name
        case .number(let name, _): name
        case .choice(let words): words.joined(separator: "|")
        }
    }

    /// The option under which the value is kept: of two opposite switches the first.
    var key: OptionName {
        if case .opposite(let other) = value { other } else { name }
    }

    /// The environment variable; of two opposite switches the first one names it for both.
    var variable: String? {
        switch environment {
        case .none: nil
        case .pair(let name, _, _): name
        case .ownName:
            Variables.prefix + name.rawValue.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
        }
    }
}
