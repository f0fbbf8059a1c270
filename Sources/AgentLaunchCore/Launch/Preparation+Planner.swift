/// What the planner needs, looked up.
extension Preparation {
    /// Rather than an error of the kernel's when the conversation's record is written already.
    func checkSpace(_ plan: LaunchPlan, _ agent: Executable) throws(LaunchError) {
        // The prompt's file is made by the start, with a path like this.
        let arguments = plan.arguments(promptFile: conversation / "prompt-0123456789abcdef.md")
        var program = Path(bytes: arguments.first ?? [])
        if case .found(let path, _) = plan.server?.program.executable ?? agent { program = path }
        try ArgumentSpace().check(program, arguments, plan.environment.applied(to: context.environment))
    }

    /// The wrapper's program, if there is a wrapper.
    func findWrapper() -> Executable? {
        context.request.wrapper.first.map {
            Executable.find($0, places: [], environment: context.environment, relativeTo: context.workdir)
        }
    }

    func findExecutable() -> Executable {
        let name =
            context.agent.programIsFirstArgument
            ? context.request.arguments.first ?? [] : Bytes(context.agent.executable.utf8)
        return context.agent.find(name, context.environment, processContext.home, context.workdir)
    }

    /// With what it needs: the programs and their releases, agentapi's folder and whose chat is there.
    func planner(
        _ executable: Executable,
        _ decision: Decision,
        _ prompt: PromptDecision,
        _ texts: (task: TaskText?, resumePrompt: TaskText?),
        _ record: Record?,
        _ findings: inout Findings
    ) throws(LaunchError) -> (Planner, StateDecision?) {
        let folder = apiFolder(record)
        var planner = Planner(
            context: context,
            executable: executable,
            version: VersionAnswer(version: context.request.agentVersion, source: .notNeeded),
            apiFolder: folder,
            isAPIFolderWritable: canMakeFiles(in: folder),
            agentAPI: .find(context.environment, home: context.home, relativeTo: context.workdir)
        )
        if context.request.agentVersion != nil { planner.version.source = .option }
        guard let start = decision.start else { return (planner, nil) }
        let sent =
            prompt.action == .skip
            ? nil : planner.text(prompt.action, texts.task, texts.resumePrompt)
        let api = context.transport == .agentapi ? planner.agentAPI.executable : nil
        let wrapper = findWrapper()
        if let wrapper, !wrapper.isFound {
            let word = context.request.wrapper.first?.lossyText ?? ""
            findings.warn("wrapper-not-found", "\(word) is not there, or not executable")
        }
        let programs = [executable, api, wrapper].compactMap(\.self)
        let versions = Versions(context, state, areProgramsThere: programs.allSatisfy(\.isFound))
        if context.agent.needsVersion(planner.commandRequest(start, sent)) {
            planner.version = versions.agent(executable, &findings)
        }
        if try planner.needsAgentAPIRelease(start, sent) {
            planner.agentAPI.version = versions.agentAPI(planner.agentAPI.executable, &findings)
        }
        let apiState = stateDecision(
            decision,
            record,
            folder,
            planner.agentAPI,
            sendsMessage: try planner.sendsMessage(start, sent)
        )
        planner.savesState = apiState?.isReadOnly != true
        planner.loadsState = apiState?.loads == true
        for warning in apiState?.warnings ?? [] { findings.warn(warning.code, warning.message) }
        return (planner, apiState)
    }

    /// In `--module-dir`, for a conversation that is not the first one there.
    var ownModuleDirectory: Path? {
        moduleDirectory.map {
            $0 / StateDirectory.directoryName(context.request.sessionName, context.workdir)
        }
    }

    /// `--module-dir` belongs to the first conversation that is kept there; others have a folder of their own in it.
    func apiFolder(_ record: Record?) -> Path {
        guard let module = moduleDirectory, let own = ownModuleDirectory else { return conversation }
        if let kept = record?.moduleDirectory, kept == module || kept == own { return kept }
        let isTaken = RecordFile.records(of: otherConversations()).contains { $0.moduleDirectory == module }
        return isTaken ? own : module
    }
}
