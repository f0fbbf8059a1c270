import Glibc

/// agentapi's pid file. agentapi refuses to start over one whose pid lives, whosever pid it is, and leaves its own
/// behind when it is killed.
struct PidFile: Equatable, Sendable {
    let path: Path
    /// Where agentlaunch keeps what it remembers.
    var root: Path?

    /// Before a start, when no agentapi of this conversation is left: makes way for the next one.
    func makeWay() throws(LaunchError) {
        let content: Bytes
        do throws(Errno) {
            guard let found = try contentsOfSmallFile(path, limit: 4096) else { return }
            content = found
        } catch {
            let why = error.code == EFBIG ? "too large for a pid file" : error.description
            throw LaunchError(
                .cannotCreate,
                "\(path)",
                "agentapi's pid file: \(why)",
                "remove it or set AGENTAPI_PID_FILE"
            )
        }
        if let pid = Self.pid(content), pid != getpid(), AgentAPIProcess.isOne(pid) {
            throw alreadyRunning(pid)
        }
        do throws(Errno) { try remove(ifStill: content) } catch {
            throw LaunchError(
                .cannotCreate,
                "\(path)",
                "cannot remove this stale pid file, and agentapi could not write its own: \(error)",
                "make the directory writable, or set AGENTAPI_PID_FILE"
            )
        }
    }

    /// After agentapi was reaped: one that was killed has left it behind.
    func removeIfHolds(_ pid: Int32) {
        guard let content = (try? contentsOfSmallFile(path, limit: 4096)) ?? nil, Self.pid(content) == pid
        else {
            return
        }
        try? remove(ifStill: content)
    }

    /// As agentapi reads it; nil if it is no number.
    static func pid(_ content: Bytes) -> Int32? {
        let text = content.lossyText.drop(while: \.isWhitespace)
        let end = text.lastIndex { !$0.isWhitespace }.map { text.index(after: $0) } ?? text.startIndex
        guard let pid = Int32(text[..<end]), pid > 0 else { return nil }
        return pid
    }

    /// An agentapi that starts just now may have written its own.
    private func remove(ifStill content: Bytes) throws(Errno) {
        guard let now = try contentsOfSmallFile(path, limit: 4096), now == content else { return }
        try removeFile(path)
    }

    private func alreadyRunning(_ pid: Int32) -> LaunchError {
        let run = root.flatMap { Run.ofChild(pid, root: $0) }
        let ports = ListeningSockets().ports(of: pid).map(String.init)
        let place = ports.isEmpty ? "" : ", on port \(joinedList(ports))"
        let whose = run.map { "of \($0.inWords)" } ?? "that was not started here"
        return LaunchError(
            .alreadyRunning,
            "\(path)",
            "agentapi \(whose) is running with this pid file, pid \(pid)\(place)",
            "stop it, or use another AGENTAPI_PID_FILE and --port N"
        )
    }
}
