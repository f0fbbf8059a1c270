/// What agentlaunch itself does: plans, supervision, its own lines, commands.
extension OptionTable {
    static let plan: [OptionSpec] = [
        OptionSpec(
            name: .dryRun,
            value: .toggle,
            group: .plan,
            help: "print what would be run; write and execute nothing"
        ),
        OptionSpec(
            name: .showPrompt,
            value: .toggle,
            group: .plan,
            help: "with the prompt itself, not its length and digest"
        ),
        OptionSpec(
            name: .format,
            short: UInt8(ascii: "o"),
            value: .choice(OutputFormat.words),
            group: .plan,
            commands: [.start, .agents, .sessions, .doctor, .status],
            fallback: "text",
            help: "how dry runs and lists are printed"
        ),
    ]

    static let supervision: [OptionSpec] = [
        OptionSpec(
            name: .stopTimeout,
            value: .seconds("SECONDS"),
            group: .supervision,
            fallback: "15",
            help: "from TERM to KILL"
        ),
        OptionSpec(
            name: .restart,
            value: .choice(RestartPolicy.words),
            group: .supervision,
            fallback: "never",
            help: "go on when the agent fails, at most 5 times in 10 minutes"
        ),
        OptionSpec(
            name: .detach,
            value: .toggle,
            group: .supervision,
            help: "go to the background; by itself under agentapi, or custom with --direct"
        ),
        OptionSpec(
            name: .waitReady,
            value: .seconds("SECONDS"),
            group: .supervision,
            help: "the same, and wait until agentapi is ready; if it is not in time: 69"
        ),
        OptionSpec(
            name: .logFile,
            value: .file("FILE"),
            group: .supervision,
            fallback: "with --detach one of its own",
            help: "add what it prints to FILE; without --detach a copy"
        ),
    ]

    static let reporting: [OptionSpec] = [
        OptionSpec(
            name: .quiet,
            value: .toggle,
            group: .reporting,
            commands: everywhere,
            help: "only errors"
        ),
        OptionSpec(
            name: .verbose,
            value: .toggle,
            group: .reporting,
            commands: everywhere,
            help: "also why, and what was looked at"
        ),
        OptionSpec(
            name: .logFormat,
            value: .choice(OutputFormat.words),
            group: .reporting,
            commands: everywhere,
            fallback: "text",
            help: "json: one object a line"
        ),
    ]

    static let commands: [OptionSpec] = [
        OptionSpec(
            name: .all,
            value: .toggle,
            group: .commands,
            commands: [.sessions, .stop],
            environment: .none,
            help: "sessions: of all directories; stop: whatever runs"
        ),
        OptionSpec(
            name: .follow,
            short: UInt8(ascii: "f"),
            value: .toggle,
            group: .commands,
            commands: [.logs],
            environment: .none,
            help: "logs: go on until the launcher has ended"
        ),
        OptionSpec(
            name: .tail,
            value: .number("N", 0...1_000_000_000),
            group: .commands,
            commands: [.logs],
            environment: .none,
            help: "logs: the last N lines"
        ),
    ]

    static let general: [OptionSpec] = [
        OptionSpec(
            name: .help,
            short: UInt8(ascii: "h"),
            value: .toggle,
            group: .general,
            commands: everywhere,
            environment: .none,
            help: "this text"
        ),
        OptionSpec(
            name: .version,
            value: .toggle,
            group: .general,
            commands: everywhere,
            environment: .none,
            help: "the release of agentlaunch"
        ),
    ]
}
