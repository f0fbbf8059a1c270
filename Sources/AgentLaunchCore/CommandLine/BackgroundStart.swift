import Glibc

/// What a start that others look after needs beside the plan.
extension Preparation {
    /// The log is opened and `run.json` written. Only under the conversation's lock: both are its launcher's.
    func upkeep(
        _ plan: LaunchPlan,
        _ report: BackgroundReport?,
        warn: @escaping (Warning) -> Void
    ) throws(LaunchError) -> LaunchUpkeep {
        var log: RotatingLog?
        if let path = logFile {
            log = try RotatingLog(path) { warn(Warning("log-not-written", $0)) }
        }
        var run = Run(
            agent: self.agent.name,
            workdir: self.workdir,
            name: context.request.sessionName,
            transport: self.transport,
            launcher: Run.Process(getpid()) ?? Run.Process(pid: getpid(), startTicks: 0),
            log: log?.path,
            stopTimeoutMilliseconds: context.request.stopTimeoutMilliseconds,
            startedAt: .now()
        )
        if self.transport == .agentapi {
            run.port =
                context.request.port ?? inherited("AGENTAPI_PORT").flatMap { Int($0.lossyText) }
                ?? AgentAPI.defaultPort
            let set = plan.environment.set.first { $0.name == "AGENTAPI_PID_FILE" }
            run.pidFile = (set?.value ?? inherited("AGENTAPI_PID_FILE")).map { Path(bytes: $0) }
        }
        return LaunchUpkeep(
            run,
            RunFile(conversation: conversation),
            log: log,
            report: report,
            untilReady: context.request.waitReadyMilliseconds != nil,
            warn: warn
        )
    }

    private func inherited(_ name: String) -> Bytes? { context.environment.given(name) }

    private var logFile: Path? {
        context.request.logFile ?? (context.request.detach ? conversation / "log" : nil)
    }
}

extension Request {
    /// Prompts in files and on standard input, which may be the caller's descriptors.
    mutating func readAhead(_ environment: Environment) throws(LaunchError) {
        if let source = task { task = try source.readAhead(environment: environment) }
        if let source = resumePrompt { resumePrompt = try source.readAhead(environment: environment) }
    }
}
