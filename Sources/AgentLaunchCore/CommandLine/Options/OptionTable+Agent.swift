/// How the agent is run: agentapi, wrapper, model, environment.
extension OptionTable {
    static let transport: [OptionSpec] = [
        OptionSpec(
            name: .agentapi,
            value: .toggle,
            group: .transport,
            environment: .pair("AGENTLAUNCH_TRANSPORT", on: "agentapi", off: "direct"),
            fallback: "without a terminal",
            help: "run the agent under agentapi"
        ),
        OptionSpec(
            name: .direct,
            value: .opposite(of: .agentapi),
            group: .transport,
            environment: .pair("AGENTLAUNCH_TRANSPORT", on: "direct", off: "agentapi"),
            fallback: "on a terminal",
            help: "run the agent directly, on its own terminal"
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
            help: "width of the agent's terminal"
        ),
        OptionSpec(
            name: .termHeight,
            value: .number("N", 10...65535),
            group: .transport,
            fallback: "1190 for agentapi",
            help: "height of the agent's terminal"
        ),
        OptionSpec(
            name: .moduleDir,
            value: .directory("DIR"),
            group: .transport,
            fallback: "the conversation's own",
            help: "directory for agentapi's files and the prompt file"
        ),
        OptionSpec(
            name: .statePersistence,
            value: .toggle,
            group: .transport,
            fallback: "true",
            help: "keep agentapi's chat across restarts"
        ),
    ]

    static let agent: [OptionSpec] = [
        OptionSpec(
            name: .wrapper,
            value: .text("WORD"),
            repeats: true,
            group: .agent,
            fallback: "AGENTAPI_BOUNDARY_PREFIX",
            help: "command prefix (for example a sandbox), one word per use"
        ),
        OptionSpec(name: .model, value: .text("NAME"), group: .agent, help: "model for the agent to use"),
        OptionSpec(
            name: .allowAll,
            value: .toggle,
            group: .agent,
            help: "let the agent use all its tools without asking"
        ),
        OptionSpec(
            name: .env,
            value: .text("NAME[=VALUE]"),
            repeats: true,
            group: .agent,
            help: "set a variable for the agent; without VALUE, copy it"
        ),
        OptionSpec(
            name: .envFile,
            value: .file("FILE"),
            repeats: true,
            group: .agent,
            help: "set variables from FILE, one per line"
        ),
        OptionSpec(
            name: .attended,
            value: .toggle,
            group: .agent,
            environment: .pair("AGENTLAUNCH_ATTENDED", on: "true", off: "false"),
            fallback: "if direct on a terminal",
            help: "somebody can answer questions"
        ),
        OptionSpec(
            name: .unattended,
            value: .opposite(of: .attended),
            group: .agent,
            environment: .pair("AGENTLAUNCH_ATTENDED", on: "false", off: "true"),
            help: "keep first-run questions from blocking the agent"
        ),
        OptionSpec(
            name: .agentVersion,
            value: .text("X"),
            group: .agent,
            help: "assume this release of the agent instead of asking it"
        ),
    ]
}
