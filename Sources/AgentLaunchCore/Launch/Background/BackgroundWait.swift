import Glibc

/// The caller of a start in the background: passes on its lines, and leaves when it has started, is ready, or has
/// failed.
struct BackgroundWait {
    let pid: Int32
    let report: Int32
    let text: Int32

    /// How many lines of the log are shown when agentapi ended before it was ready.
    private static let linesShown = 20

    /// The status to exit with.
    func run(untilReady: Bool, _ diagnostics: Diagnostics) -> Int32 {
        for descriptor in [report, text] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        var pending: Bytes = []
        var started: StartedInBackground?
        var late: String?
        var isDone = false
        var isOver = false
        var isTextOver = false
        while !isOver {
            // Once it has started its lines go to its log.
            var entries = [report, isTextOver ? -1 : text].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            if poll(&entries, 2, -1) < 0, errno != EINTR { break }
            // The report comes after the lines that belong before it: they are in the pipe by then.
            var more: Bytes = []
            if entries[0].revents != 0 { isOver = !take(report, into: &more) }
            isTextOver = !passOnText()
            pending += more
            while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let event = Background.Event(line: Bytes(pending[..<end]))
                pending.removeFirst(end + 1)
                switch event {
                case .started(let start):
                    started = start
                    isDone = !untilReady
                case .ready: isDone = true
                case .late(let seen): late = seen
                case nil: break
                }
            }
        }
        // Waited for the end of the report: nothing of this process's is open there any more.
        if isDone, let started {
            diagnostics.notice(started.text, started.fields)
            return ExitStatus.success.rawValue
        }
        let status = end()
        passOnText()
        return failure(status, after: started, late: late, diagnostics)
    }

    /// It has ended: how.
    private func failure(
        _ end: ChildEnd,
        after started: StartedInBackground?,
        late: String?,
        _ diagnostics: Diagnostics
    ) -> Int32 {
        guard let started else {
            // Its own line says why.
            if case .exited(let status) = end, status != 0 { return status }
            if case .signalled = end {
                diagnostics.report(
                    LaunchError(
                        .unavailable,
                        "background process",
                        "it \(end.words) before starting anything",
                        "start it again"
                    )
                )
                return ExitStatus.unavailable.rawValue
            }
            diagnostics.report(
                LaunchError(
                    .bug,
                    "background process",
                    "it \(end.words) before starting anything",
                    "report this"
                )
            )
            return ExitStatus.bug.rawValue
        }
        if let late {
            diagnostics.report(
                LaunchError(
                    .unavailable,
                    "agentapi",
                    "not ready in time: \(late)",
                    "see the log \(started.log)"
                )
            )
            return ExitStatus.unavailable.rawValue
        }
        if let lines = LogFiles(started.log).lastLines(Self.linesShown) { writeAll(lines, to: STDERR_FILENO) }
        diagnostics.report(
            LaunchError(
                .unavailable,
                "agentapi",
                "the start \(end.words) before it was ready",
                "see the log \(started.log)"
            )
        )
        return ExitStatus.unavailable.rawValue
    }

    /// False at the end.
    private func take(_ descriptor: Int32, into bytes: inout Bytes) -> Bool {
        var buffer = Bytes(repeating: 0, count: 4096)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { bytes += buffer[..<count] }
            if count == 0 { return false }
            if count < 0, errno != EINTR { return errno == EAGAIN }
        }
    }

    /// False at the end.
    @discardableResult
    private func passOnText() -> Bool {
        var lines: Bytes = []
        let goesOn = take(text, into: &lines)
        if !lines.isEmpty { writeAll(lines, to: STDERR_FILENO) }
        return goesOn
    }

    private func end() -> ChildEnd {
        var status: Int32 = 0
        guard (try? retrying { waitpid(pid, &status, 0) }) == pid else {
            return .exited(ExitStatus.bug.rawValue)
        }
        // The C macros WIFEXITED and the like.
        return status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
    }
}

extension ChildEnd {
    /// To follow the name of what ended.
    var words: String {
        switch self {
        case .exited(let status): "exited with status \(status)"
        case .signalled(let number): "was killed by signal \(number)"
        }
    }
}
