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
            help: "with --dry-run, show the prompt itself instead of its length and digest"
        ),
        OptionSpec(
            name: .format,
            short: UInt8(ascii: "o"),
            value: .choice(OutputFormat.words),
            group: .plan,
            commands: [.start, .agents, .sessions, .doctor, .status],
            fallback: "text",
            help: "output format of plans and lists"
        ),
    ]

    static let supervision: [OptionSpec] = [
        OptionSpec(
            name: .stopTimeout,
            value: .seconds("SECONDS"),
            group: .supervision,
            fallback: "15",
            help: "time between SIGTERM and SIGKILL"
        ),
        OptionSpec(
            name: .restart,
            value: .choice(RestartPolicy.words),
            group: .supervision,
            fallback: "never",
            help: "restart the agent if it fails, at most 5 times in 10 minutes"
        ),
        OptionSpec(
            name: .detach,
            value: .toggle,
            group: .supervision,
            help: "run in the background, under agentapi; with --direct only custom"
        ),
        OptionSpec(
            name: .waitReady,
            value: .seconds("SECONDS"),
            group: .supervision,
            help: "like --detach, and wait until agentapi is ready; exit with status 69 on timeout"
        ),
        OptionSpec(
            name: .logFile,
            value: .file("FILE"),
            group: .supervision,
            fallback: "the conversation's log with --detach",
            help: "append output to FILE; without --detach, as a copy"
        ),
    ]

    static let reporting: [OptionSpec] = [
        OptionSpec(
            name: .quiet,
            value: .toggle,
            group: .reporting,
            commands: everywhere,
            help: "print only errors"
        ),
        OptionSpec(
            name: .verbose,
            value: .toggle,
            group: .reporting,
            commands: everywhere,
            help: "also print reasons and what was checked"
        ),
        OptionSpec(
            name: .logFormat,
            value: .choice(OutputFormat.words),
            group: .reporting,
            commands: everywhere,
            fallback: "text",
            help: "message format; json is one object per line"
        ),
    ]

    static let commands: [OptionSpec] = [
        OptionSpec(
            name: .all,
            value: .toggle,
            group: .commands,
            commands: [.sessions, .stop],
            environment: .none,
            help: "sessions: list all directories; stop: stop everything"
        ),
        OptionSpec(
            name: .follow,
            short: UInt8(ascii: "f"),
            value: .toggle,
            group: .commands,
            commands: [.logs],
            environment: .none,
            help: "logs: follow the output until the launcher exits"
        ),
        OptionSpec(
            name: .tail,
            value: .number("N", 0...1_000_000_000),
            group: .commands,
            commands: [.logs],
            environment: .none,
            help: "logs: print only the last N lines"
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
            help: "show help"
        ),
        OptionSpec(
            name: .version,
            value: .toggle,
            group: .general,
            commands: everywhere,
            environment: .none,
            help: "show the version of agentlaunch"
        ),
    ]
}
