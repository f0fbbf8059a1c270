/// How the agent is run: agentapi, wrapper, model, environment.
extension OptionTable {
    static let transport: [OptionSpec] = [
        OptionSpec(
            name: .agentapi,
            value: .toggle,
            group: .transport,
            environment: .pair("AGENTLAUNCH_TRANSPORT", on: "agentapi", off: "direct"),
            fallback: "without a terminal",
            help: "run the agent under agentapi server"
        ),
        OptionSpec(
            name: .direct,
            value: .opposite(of: .agentapi),
            group: .transport,
            environment: .pair("AGENTLAUNCH_TRANSPORT", on: "direct", off: "agentapi"),
            fallback: "on a terminal",
            help: "run the agent itself, on a terminal of its own"
        ),
        OptionSpec(
            name: .port,
            value: .number("N", 1...65535),
            group: .transport,
            fallback: "AGENTAPI_PORT or 3284",
            help: "agentapi's port"
        ),
        OptionSpec(
            name: .termWidth,
            value: .number("N", 10...65535),
            group: .transport,
            fallback: "67 for agentapi",
            help: "columns of the agent's terminal"
        ),
        OptionSpec(
            name: .termHeight,
            value: .number("N", 10...65535),
            group: .transport,
            fallback: "1190 for agentapi",
            help: "its lines"
        ),
        OptionSpec(
            name: .moduleDir,
            value: .directory("DIR"),
            group: .transport,
            fallback: "the conversation's own",
            help: "for agentapi's state file and pid file, and a prompt's file"
        ),
        OptionSpec(
            name: .statePersistence,
            value: .toggle,
            group: .transport,
            fallback: "true",
            help: "agentapi keeps its chat across restarts"
        ),
    ]

    static let agent: [OptionSpec] = [
        OptionSpec(
            name: .wrapper,
            value: .text("WORD"),
            repeats: true,
            group: .agent,
            fallback: "AGENTAPI_BOUNDARY_PREFIX",
            help: "in front of the agent, one word each time: a sandbox"
        ),
        OptionSpec(name: .model, value: .text("NAME"), group: .agent, help: "the agent's model"),
        OptionSpec(
            name: .allowAll,
            value: .toggle,
            group: .agent,
            help: "the agent may use all its tools without asking"
        ),
        OptionSpec(
            name: .env,
            value: .text("NAME[=VALUE]"),
            repeats: true,
            group: .agent,
            help: "a variable for the agent; without VALUE it is copied"
        ),
        OptionSpec(
            name: .envFile,
            value: .file("FILE"),
            repeats: true,
            group: .agent,
            help: "such variables, one a line"
        ),
        OptionSpec(
            name: .attended,
            value: .toggle,
            group: .agent,
            environment: .pair("AGENTLAUNCH_ATTENDED", on: "true", off: "false"),
            fallback: "if direct on a terminal",
            help: "somebody is there to answer questions"
        ),
        OptionSpec(
            name: .unattended,
            value: .opposite(of: .attended),
            group: .agent,
            environment: .pair("AGENTLAUNCH_ATTENDED", on: "false", off: "true"),
            help: "keep first-run questions from blocking"
        ),
        OptionSpec(
            name: .agentVersion,
            value: .text("X"),
            group: .agent,
            help: "plan for this release of the agent instead of asking"
        ),
    ]
}
