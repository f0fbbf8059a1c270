import Glibc

/// What a start that others look after needs beside the plan.
extension Preparation {
    /// The log is opened and `run.json` written. Only under the conversation's lock: both are its launcher's.
    func upkeep(
        _ report: BackgroundReport?,
        warn: @escaping (Warning) -> Void
    ) throws(LaunchError)
        -> LaunchUpkeep
    {
        var log: RotatingLog?
        if let path = logFile {
            log = try RotatingLog(path) { warn(Warning("log-not-written", $0)) }
        }
        let launcher = Run.Process(getpid()) ?? Run.Process(pid: getpid(), startTicks: 0)
        return LaunchUpkeep(
            Run(
                agent: agent.name,
                workdir: workdir,
                name: request.sessionName,
                transport: transport.0,
                launcher: launcher,
                log: log?.path,
                stopTimeoutMilliseconds: request.stopTimeoutMilliseconds,
                startedAt: .now()
            ),
            RunFile(conversation: conversation),
            log: log,
            report: report,
            untilReady: request.waitReadyMilliseconds != nil,
            warn: warn
        )
    }

    private var logFile: Path? { request.logFile ?? (request.detach ? conversation / "log" : nil) }
}

extension Request {
    /// Prompts in files and on standard input, which may be the caller's descriptors.
    mutating func readAhead(_ environment: Environment) throws(LaunchError) {
        if let source = task { task = try source.readAhead(environment: environment) }
        if let source = resumePrompt { resumePrompt = try source.readAhead(environment: environment) }
    }
}
