/// What was typed: which command, on what, and the options that were given here or by variables. Nothing is
/// checked yet but names, switches and the number of words; `Request` and `CommandOptions` are what it means.
struct Invocation: Sendable {
    enum Command: Equatable, Sendable {
        case help(HelpTopic)
        case version
        case start(agent: String)
        case agents
        case sessions(agent: String?)
        case doctor(agents: [String])
        case status(agent: String?)
        case wait(agent: String)
        /// Nil means all of them.
        case stop(agent: String?)
        case logs(agent: String)
        case completions(Shell)
    }

    var command: Command
    var options: [OptionName: Arguments.Given] = [:]
    /// What follows `--`: for the agent; of `custom` the whole command.
    var passed: [Bytes] = []
    var warnings: [Warning] = []

    /// `arguments` are without the program's own name. No file is read.
    static func parse(
        arguments: [Bytes],
        environment: Environment,
        names: AgentNames = .registered
    ) throws(LaunchError) -> Invocation {
        guard !arguments.isEmpty else { return Invocation(command: .help(.general)) }
        let typed = try Arguments(arguments)
        if typed.isOn(.help) { return Invocation(command: .help(HelpTopic(typed.words))) }
        if typed.isOn(.version) { return Invocation(command: .version) }
        guard let first = typed.words.first else { throw missingAgent(typed) }

        let name = CommandName.typed.first { Bytes($0.rawValue.utf8) == first }
        let words = Words(
            name: name ?? .start,
            words: Array(typed.words.dropFirst()),
            typed: typed,
            names: names
        )
        let command: Command
        if name != nil {
            command = try words.command()
        } else {
            command = .start(
                agent: try names.resolve(first, alsoMeant: CommandName.typed.map(\.rawValue))
            )
            try words.refuseAll()
        }
        try checkMembership(typed, of: name ?? .start)

        var invocation = Invocation(command: command, options: typed.options)
        invocation.passed = typed.passed ?? []
        invocation.warnings = typed.warnings
        if case .help = command { return invocation }
        let variables = try Variables.given(for: name ?? .start, typed: typed.options, environment)
        invocation.options.merge(variables) { typed, _ in typed }
        invocation.warnings += Variables.unknown(in: environment)
        if case .start(let agent) = command, invocation.passed.isEmpty,
            try Registry.agent(agent).programIsFirstArgument
        {
            let next = "write agentlaunch \(agent) -- COMMAND"
            throw LaunchError(.usage, agent, "its command is missing", next)
        }
        try NotYet.check(name ?? .start)
        return invocation
    }

    private static func missingAgent(_ typed: Arguments) -> LaunchError {
        let next = "write agentlaunch AGENT [options]; agentlaunch agents lists the agents"
        let why = typed.passed == nil ? "only options were given" : "no agent is named before --"
        return LaunchError(.usage, "AGENT", why, next)
    }

    private static func checkMembership(_ typed: Arguments, of command: CommandName) throws(LaunchError) {
        for spec in OptionTable.options where spec.key == spec.name {
            guard let given = typed.options[spec.key], !spec.commands.contains(command) else { continue }
            let homes = CommandName.allCases.filter { spec.commands.contains($0) }
                .map { $0 == .start ? "starts" : $0.rawValue }
            throw LaunchError(
                .usage,
                given.spelling,
                command == .start ? "not an option of a start" : "not an option of \(command.rawValue)",
                "it belongs to \(joinedList(homes))"
            )
        }
        if command != .start, typed.passed != nil {
            throw LaunchError(.usage, "--", "\(command.rawValue) passes nothing on", "leave it out")
        }
    }
}

/// What `help` is asked about.
enum HelpTopic: Equatable, Sendable {
    case general
    case command(CommandName)
    case agent(String)

    /// `agentlaunch sessions --help` is about sessions, `agentlaunch claude --help` about starts.
    init(_ words: [Bytes]) {
        let command = CommandName.typed.first { Bytes($0.rawValue.utf8) == words.first }
        self = command.map(HelpTopic.command) ?? .general
    }
}

/// The words after a command.
private struct Words {
    let name: CommandName
    let words: [Bytes]
    let typed: Arguments
    let names: AgentNames

    func command() throws(LaunchError) -> Invocation.Command {
        switch name {
        case .start: return .help(.general)
        case .help: return .help(try topic())
        case .agents:
            try refuse(after: 0)
            return .agents
        case .sessions: return .sessions(agent: try optionalAgent())
        case .status: return .status(agent: try optionalAgent())
        case .doctor:
            var agents: [String] = []
            for word in words { agents.append(try names.resolve(word)) }
            return .doctor(agents: agents)
        case .wait: return .wait(agent: try agent("AGENT"))
        case .logs: return .logs(agent: try agent("AGENT"))
        case .stop:
            if !typed.isOn(.all) { return .stop(agent: try agent("AGENT or --all")) }
            guard words.isEmpty else {
                throw LaunchError(.usage, "stop", "an agent and --all were given", "leave one of them out")
            }
            return .stop(agent: nil)
        case .completions:
            try refuse(after: 1)
            guard let word = words.first?.text, let shell = Shell(rawValue: word) else {
                let why =
                    words.first.map { "\(shown($0)) is no shell that it knows" } ?? "the shell is missing"
                throw LaunchError(.usage, "completions", why, "write \(joinedList(Shell.words, "or"))")
            }
            return .completions(shell)
        }
    }

    func refuseAll() throws(LaunchError) { try refuse(after: 0) }

    private func topic() throws(LaunchError) -> HelpTopic {
        try refuse(after: 1)
        guard let word = words.first else { return .general }
        if let command = CommandName.typed.first(where: { Bytes($0.rawValue.utf8) == word }) {
            return .command(command)
        }
        return .agent(try names.resolve(word, alsoMeant: CommandName.typed.map(\.rawValue)))
    }

    private func optionalAgent() throws(LaunchError) -> String? {
        try refuse(after: 1)
        guard let word = words.first else { return nil }
        return try names.resolve(word)
    }

    private func agent(_ what: String) throws(LaunchError) -> String {
        guard let agent = try optionalAgent() else {
            throw LaunchError(
                .usage,
                name.rawValue,
                "\(what) is missing",
                "agentlaunch agents lists the agents"
            )
        }
        return agent
    }

    /// A word too many. It is shown only if it is a name: it may be a prompt.
    private func refuse(after count: Int) throws(LaunchError) {
        guard words.count > count else { return }
        let word = words[count]
        let isName = names.knows(word) || Switch.value(word) != nil
        let what = isName ? word.lossyText : "<\(word.count) bytes>"
        let next =
            if name != .start {
                "agentlaunch help \(name.rawValue) tells its words"
            } else if Switch.value(word) != nil {
                "a switch takes its value after =, as in --fresh=false"
            } else if names.knows(word) {
                "one agent is started at a time"
            } else {
                "did you mean --prompt or --prompt-file?"
            }
        throw LaunchError(.usage, what, "a word that belongs to no option", next)
    }
}

/// The shells that completions are written for.
enum Shell: String, Choice {
    case bash, zsh, fish
}
