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
        OptionSpec(
            name: .prompt,
            value: .text("TEXT"),
            group: .task,
            help: "the prompt, given to a conversation only once"
        ),
        OptionSpec(
            name: .promptFile,
            value: .file("FILE"),
            group: .task,
            help: "read the prompt from FILE, at most 1 MiB; - is standard input"
        ),
        OptionSpec(
            name: .promptEnv,
            value: .text("NAME"),
            group: .task,
            help: "read the prompt from variable NAME, which the agent does not inherit"
        ),
        OptionSpec(
            name: .promptBase64Env,
            value: .text("NAME"),
            group: .task,
            help: "read the prompt from variable NAME, base64-encoded"
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
            help: "what to do if the conversation lacks this prompt"
        ),
        OptionSpec(
            name: .resumePrompt,
            value: .text("TEXT"),
            group: .task,
            help: "message to give when a conversation is resumed"
        ),
        OptionSpec(
            name: .resumePromptFile,
            value: .file("FILE"),
            group: .task,
            help: "read that message from FILE; - is standard input"
        ),
        OptionSpec(
            name: .resumeWhen,
            value: .choice(ResumeWhen.words),
            group: .task,
            fallback: "always",
            help: "give it always, or only if the last turn is unfinished"
        ),
    ]

    private static let conversation: [OptionSpec] = [
        OptionSpec(
            name: .workdir,
            value: .directory("DIR"),
            group: .conversation,
            commands: [.start, .sessions, .doctor, .status, .wait, .stop, .logs],
            fallback: "the current directory",
            help: "working directory of the agent"
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
            help: "resume the agent's session with this ID"
        ),
        OptionSpec(name: .fresh, value: .toggle, group: .conversation, help: "start a new conversation"),
        OptionSpec(
            name: .requireResume,
            value: .toggle,
            group: .conversation,
            help: "exit with status 66 instead of starting a new conversation"
        ),
        OptionSpec(
            name: .adopt,
            value: .choice(Adoption.words),
            group: .conversation,
            fallback: "match",
            help: "take over a conversation begun without agentlaunch: one with this prompt, or the newest"
        ),
        OptionSpec(
            name: .onUnknown,
            value: .choice(UnknownPolicy.words),
            group: .conversation,
            fallback: "refuse",
            help: "what to do if the agent's store cannot be read reliably"
        ),
    ]
}
