extension StartContext {
    init(_ request: Request, _ processContext: ProcessContext) throws(LaunchError) {
        let agent = try Registry.agent(request.agent)
        guard !agent.hasOneConversationPerDirectory || request.sessionName == SessionName.fallback else {
            throw LaunchError(
                .usage,
                "--session \(request.sessionName)",
                "\(agent.title) keeps one conversation for a directory",
                "leave it out, or give another --workdir"
            )
        }
        self.agent = agent
        self.request = request
        let terminals = processContext.terminals
        (transport, transportCause) =
            request.transport.map { ($0.value, $0.byOption ? .option : .environment) }
            // There is no terminal in the background.
            ?? (request.detach
                ? (.agentapi, .noTerminal)
                : Transport.decided(by: terminals, dryRun: request.dryRun))
        let onTerminal =
            request.dryRun ? terminals.input || terminals.error : terminals.input && terminals.output
        isAttended =
            request.attended?.value ?? (transport == .direct && onTerminal && !request.detach)
        isRoot = processContext.isRoot
        workdir = try Self.physicalWorkdir(request, isAttended: isAttended)
        (environment, change) = try ChildEnvironment.make(request, processContext.environment)
        home = environment.absolutePath("HOME") ?? processContext.home
    }
}
