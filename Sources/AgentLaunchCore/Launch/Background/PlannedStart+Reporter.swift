import Glibc

/// What a start that others look after needs beside the plan.
extension PlannedStart {
    /// The log is opened and `run.json` written. Only under the conversation's lock: both are its launcher's.
    func reporter(
        _ report: BackgroundReport?,
        warn: @escaping (Warning) -> Void
    ) throws(LaunchError) -> RunReporter {
        var log: RotatingLog?
        if let path = logFile {
            log = try RotatingLog(path) { warn(Warning("log-not-written", $0)) }
        }
        var run = Run(
            agent: plan.agent.name,
            workdir: plan.workdir,
            name: context.request.sessionName,
            transport: plan.transport,
            launcher: ProcessIdentity(getpid()) ?? ProcessIdentity(pid: getpid(), startTicks: 0),
            log: log?.path,
            stopTimeoutMilliseconds: context.request.stopTimeoutMilliseconds,
            startedAt: .now()
        )
        run.port = plan.server?.port
        run.pidFile = plan.server?.pidFile
        return RunReporter(
            run,
            conversation.runFile,
            log: log,
            report: report,
            readyDue: context.request.waitReadyMilliseconds.flatMap { time in
                report.map { $0.begun + Int64(time) }
            },
            warn: warn
        )
    }

    private var logFile: Path? {
        context.request.logFile ?? (context.request.detach ? conversation.directory / "log" : nil)
    }
}

extension Request {
    /// Prompts in files and on standard input, which may be the caller's descriptors.
    mutating func readAhead(_ environment: Environment) throws(LaunchError) {
        if let source = task { task = try source.readAhead(environment: environment) }
        if let source = resumePrompt { resumePrompt = try source.readAhead(environment: environment) }
    }
}
