extension Request {
    init(
        _ invocation: Invocation,
        environment: Environment,
        currentDirectory: Path
    ) throws(LaunchError) {
        guard case .start(let agent) = invocation.command else {
            throw LaunchError(.bug, "request", "the command is no start", "report this")
        }
        let read = OptionReader(
            options: invocation.options,
            environment: environment,
            currentDirectory: currentDirectory
        )
        self.agent = agent
        task = try PromptSource(of: OptionName.prompts, read)
        reportTasks = read.toggle(.reportTasks) ?? false
        onNewPrompt = try read.choice(.onNewPrompt)
        resumePrompt = try PromptSource(of: OptionName.resumePrompts, read)
        resumeWhen = try read.choice(.resumeWhen) ?? .always
        workdir = try read.workdir() ?? currentDirectory
        sessionName = try read.sessionName() ?? SessionName.fallback
        conversation = try Self.conversation(read)
        adopt = try read.choice(.adopt) ?? .match
        onUnknown = try read.choice(.onUnknown) ?? .refuse
        transport = read.chosen(.agentapi).map { Chosen(value: $0 ? .agentapi : .direct, byOption: $1) }
        port = try read.number(.port)
        termWidth = try read.number(.termWidth)
        termHeight = try read.number(.termHeight)
        moduleDirectory = try read.absolutePath(.moduleDir)
        statePersistence = read.toggle(.statePersistence) ?? true
        wrapper =
            read.given(.wrapper)?.values
            ?? environment.given("AGENTAPI_BOUNDARY_PREFIX").map { [$0] } ?? []
        model = try read.text(.model)
        allowAll = read.toggle(.allowAll) ?? false
        variables = try read.childVariables()
        variableFiles = try read.variableFiles()
        attended = read.chosen(.attended).map { Chosen(value: $0, byOption: $1) }
        agentVersion = try read.version(.agentVersion)
        dryRun = read.toggle(.dryRun) ?? false
        showPrompt = read.toggle(.showPrompt) ?? false
        format = try read.choice(.format) ?? .text
        stopTimeoutMilliseconds = try read.seconds(.stopTimeout) ?? 15_000
        restart = try read.choice(.restart) ?? .never
        waitReadyMilliseconds = try read.seconds(.waitReady)
        detach = waitReadyMilliseconds != nil || read.toggle(.detach) ?? false
        logFile = try read.absolutePath(.logFile)
        arguments = invocation.passed
        warnings = invocation.warnings
        try checkTogether(read)
    }

    private static func conversation(_ read: OptionReader) throws(LaunchError) -> Conversation {
        var read = read
        // A switch that is turned off asks for nothing.
        for name in [OptionName.fresh, .requireResume] where read.toggle(name) == false {
            read = read.without(name)
        }
        switch try read.one(of: [.resume, .fresh, .requireResume], "give one of them") {
        case .fresh: return .fresh
        case .requireResume: return .requireResume
        case .resume: return .resume(try read.text(.resume) ?? "")
        default: return .automatic
        }
    }

    /// What no option can tell alone.
    private mutating func checkTogether(_ read: OptionReader) throws(LaunchError) {
        if task?.origin == .standardInput, resumePrompt?.origin == .standardInput {
            let both = [task, resumePrompt].compactMap { $0?.spelling }
            throw LaunchError(.usage, joinedList(both), "standard input holds one of them only", "use a file")
        }
        if transport?.value == .direct, waitReadyMilliseconds != nil {
            throw read.wrong(.waitReady, "it asks agentapi, which a direct start has not", "use --agentapi")
        }
        if transport?.value == .direct, detach, try Registry.agent(agent).needsTerminal {
            let why = "an agent in the background has no terminal for its screen"
            throw read.wrong(.detach, why, "use --agentapi, or leave out --direct")
        }
        if !dryRun {
            for name in [OptionName.format, .showPrompt] {
                guard let given = read.given(name), given.origin == .option else { continue }
                let message = "\(given.spelling) has no effect without --dry-run"
                warnings.append(Warning("option-unused", message))
            }
        }
    }
}

extension OptionReader {
    /// Absolute; text, because plans and agents' stores hold it as text.
    func workdir() throws(LaunchError) -> Path? {
        _ = try text(.workdir)
        guard let path = try absolutePath(.workdir) else { return nil }
        guard path.bytes.text != nil else { throw wrong(.workdir, "not UTF-8", "use another directory") }
        return path
    }

    func sessionName() throws(LaunchError) -> String? {
        guard let given = given(.session), let name = given.values.last else { return nil }
        return try SessionName.check(name, given.spelling)
    }

    fileprivate func chosen(_ name: OptionName) -> (value: Bool, byOption: Bool)? {
        guard let value = toggle(name), let given = given(name) else { return nil }
        return (value, given.origin == .option)
    }

    fileprivate func without(_ name: OptionName) -> OptionReader {
        var rest = options
        rest[name] = nil
        return OptionReader(options: rest, environment: environment, currentDirectory: currentDirectory)
    }

    fileprivate func childVariables() throws(LaunchError) -> [ChildVariable] {
        guard let given = given(.env) else { return [] }
        var result: [ChildVariable] = []
        for value in given.values { result.append(try ChildVariable(value, given.spelling)) }
        return result
    }

    fileprivate func variableFiles() throws(LaunchError) -> [Path] {
        var result: [Path] = []
        for value in given(.envFile)?.values ?? [] { result.append(try expanded(value, .envFile)) }
        return result
    }
}
