import Glibc

/// What others see of a start while it runs and afterwards: `run.json`, the log, and what a caller that waits for it
/// in the foreground is told.
final class RunReporter: LaunchObserver {
    /// Where there is one: what the child prints is added to it by whoever reads it.
    let log: RotatingLog?
    private var run: Run
    private let file: RunFile
    /// In the background only.
    private let report: BackgroundReport?
    /// Monotonic milliseconds; nil: nobody waits for agentapi to be ready, or not any more.
    private(set) var readyDue: Int64?
    private let warn: (Warning) -> Void
    private var hasFailed = false
    private var isReported = false

    /// Writes `run.json` at once: the child is not started yet, and whoever looks finds its launcher.
    init(
        _ run: Run,
        _ file: RunFile,
        log: RotatingLog?,
        report: BackgroundReport?,
        readyDue: Int64?,
        warn: @escaping (Warning) -> Void
    ) {
        self.run = run
        self.file = file
        self.log = log
        self.report = report
        self.readyDue = readyDue
        self.warn = warn
        write()
        log?.line("\(run.startedAt.rfc3339) start of \(run.heading), pid \(run.launcher.pid)")
    }

    /// When the agent behind agentapi is looked for: agentapi makes it, and tells nobody.
    private(set) var deadline: Int64?
    private static let lookAgain: Int64 = 100

    func wake() {
        guard let due = deadline, due <= monotonicMilliseconds() else { return }
        run.agentProcess = run.child.flatMap { Descendants.sessionLeader(below: $0.pid) }
        deadline = run.agentProcess == nil ? monotonicMilliseconds() + Self.lookAgain : nil
        if run.agentProcess != nil { write() }
    }

    func ended() { deadline = nil }

    /// The program runs. From here on a background process needs its caller no more.
    func started(pid: Int32) {
        run.child = ProcessIdentity(pid)
        run.agentProcess = nil
        if run.restartDue != nil { run.restarts += 1 }
        run.restartDue = nil
        write()
        if run.transport == .agentapi { deadline = monotonicMilliseconds() + Self.lookAgain }
        guard let report, let log, !isReported else { return }
        isReported = true
        log.takeStandardError()
        report.send(
            .started(
                StartedInBackground(
                    agent: run.agent,
                    pid: run.launcher.pid,
                    port: run.port,
                    log: log.path
                )
            )
        )
        if readyDue == nil { report.close() }
    }

    /// For whoever asks agentapi; nil if nobody wants to know.
    var onReady: (() -> Void)? { readyDue == nil ? nil : { [self] in becameReady() } }

    private func becameReady() {
        guard readyDue != nil else { return }
        readyDue = nil
        report?.send(.ready)
        report?.close()
    }

    /// It was not ready in time: the caller is told, and the launcher stops as if asked to.
    func missedDeadline(_ seen: String) {
        readyDue = nil
        report?.send(.late(seen))
        kill(getpid(), SIGTERM)
    }

    /// The child has ended, and another one is started after so many milliseconds.
    func restarts(in pause: Int64, after status: Int32) {
        let now = Timestamp.now()
        run.restartDue = Timestamp(milliseconds: now.milliseconds + pause)
        write()
        // In the background the log has the warning already.
        if report != nil { return }
        log?.line(
            "\(now.rfc3339) \(run.heading) exited with status \(status), restarting in \(pause / 1000) s"
        )
    }

    /// The status that this process is about to end with.
    func end(_ status: Int32) {
        run.end = Run.End(status: status, at: .now())
        write()
        log?.line("\(Timestamp.now().rfc3339) end of \(run.heading), status \(status)")
    }

    private func write() {
        do throws(Errno) { try file.write(run) } catch {
            guard !hasFailed else { return }
            hasFailed = true
            warn(
                Warning(
                    "run-not-written",
                    "\(file.path): \(error); status, stop, wait and logs will know little about this start"
                )
            )
        }
    }
}

extension Run {
    /// For people.
    var heading: String { "\(agent) in \(workdir), conversation \(name)" }
}

extension ChildEnd {
    /// As a shell has it.
    var status: Int32 {
        switch self {
        case .exited(let code): code
        case .signalled(let number): 128 + number
        }
    }
}
