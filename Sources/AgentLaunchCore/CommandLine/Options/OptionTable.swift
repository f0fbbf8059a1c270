/// Every option, in the order of help and of the manual.
enum OptionTable {
    static let byName = Dictionary(uniqueKeysWithValues: options.map { ($0.name, $0) })

    static func option(short: UInt8) -> OptionSpec? { options.first { $0.short == short } }

    /// The options of one command, in the table's order.
    static func options(of command: CommandName) -> [OptionSpec] {
        options.filter { $0.commands.contains(command) }
    }

    static let everywhere = Set(CommandName.allCases)
    static let supervising: Set<CommandName> = [.status, .wait, .stop, .logs]

    static let options: [OptionSpec] =
        task + conversation + transport + agent + plan + supervision + reporting + commands + general

    private static let task: [OptionSpec] = [
        OptionSpec(name: .prompt, value: .text("TEXT"), group: .task, help: "the task, given once"),
        OptionSpec(
            name: .promptFile,
            value: .file("FILE"),
            group: .task,
            help: "the task is in FILE, at most 1 MiB; - is standard input"
        ),
        OptionSpec(
            name: .promptEnv,
            value: .text("NAME"),
            group: .task,
            help: "the task is in the variable NAME, which the agent does not inherit"
        ),
        OptionSpec(
            name: .promptBase64Env,
            value: .text("NAME"),
            group: .task,
            help: "the same, encoded as base64"
        ),
        OptionSpec(
            name: .reportTasks,
            value: .toggle,
            group: .task,
            help: "ask the agent to report progress with the tool coder_report_task"
        ),
        OptionSpec(
            name: .onNewPrompt,
            value: .choice(NewPromptPolicy.words),
            group: .task,
            fallback: "refuse if attended, else skip",
            help: "if the conversation goes on and was not given this task"
        ),
        OptionSpec(
            name: .resumePrompt,
            value: .text("TEXT"),
            group: .task,
            help: "a message for a conversation that goes on"
        ),
        OptionSpec(
            name: .resumePromptFile,
            value: .file("FILE"),
            group: .task,
            help: "that message is in FILE; - is standard input"
        ),
        OptionSpec(
            name: .resumeWhen,
            value: .choice(ResumeWhen.words),
            group: .task,
            fallback: "always",
            help: "give it each time, or if the last turn has no answer"
        ),
    ]

    private static let conversation: [OptionSpec] = [
        OptionSpec(
            name: .workdir,
            value: .directory("DIR"),
            group: .conversation,
            commands: [.start, .sessions, .doctor, .status, .wait, .stop, .logs],
            fallback: "the current directory",
            help: "where the agent runs"
        ),
        OptionSpec(
            name: .session,
            value: .text("NAME"),
            group: .conversation,
            commands: supervising.union([.start]),
            fallback: "default",
            help: "name of the conversation"
        ),
        OptionSpec(
            name: .resume,
            value: .text("ID"),
            group: .conversation,
            help: "go on with the agent's own session of this id"
        ),
        OptionSpec(name: .fresh, value: .toggle, group: .conversation, help: "start a new conversation"),
        OptionSpec(
            name: .requireResume,
            value: .toggle,
            group: .conversation,
            help: "exit 66 instead of starting a new conversation"
        ),
        OptionSpec(
            name: .adopt,
            value: .choice(Adoption.words),
            group: .conversation,
            fallback: "match",
            help:
                "others' conversations of this directory: with this task, the newest, or none"
        ),
        OptionSpec(
            name: .onUnknown,
            value: .choice(UnknownPolicy.words),
            group: .conversation,
            fallback: "refuse",
            help: "if the agent's store cannot be read with certainty"
        ),
    ]
}
