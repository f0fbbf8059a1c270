import Glibc

/// `inuse.<pid>.lock` in a session's folder.
struct CopilotLock {
    private let path: Path
    private let pid: Int32

    /// Nil if the name is no lock's.
    init?(_ path: Path) {
        guard let digits = path.lastComponent.text?.part(after: "inuse.", before: ".lock"),
            let pid = Int32(digits), pid > 0
        else { return nil }
        self.path = path
        self.pid = pid
    }

    /// The process lives, is Copilot, and is older than the lock: a recycled or foreign pid holds nothing.
    var holder: Int32? {
        guard let status = try? fileStatus(path), let process = ProcessStatus(pid), isCopilot(process),
            let started = process.started
        else { return nil }
        return started.milliseconds <= (Int64(status.st_mtim.tv_sec) + 2) * 1000 ? pid : nil
    }

    /// Copilot CLI 1.0.64 asks whether to resume where the lock's number is any process's: one that got the number
    /// since, as after a container's restart, or a dead one that nobody has reaped.
    var dialog: Warning? {
        guard kill(pid, 0) == 0 || errno == EPERM else { return nil }
        return Warning(
            "resume-dialog",
            "Copilot CLI will first ask whether to resume (\"Session in use\"): a killed one left \(path), and its pid "
                + "\(pid) is in use; remove that file"
        )
    }

    private func isCopilot(_ process: ProcessStatus) -> Bool {
        let mark = Bytes("copilot".utf8)
        return process.command.starts(with: mark)
            || process.arguments.prefix(2).contains { argument in
                argument.split(separator: UInt8(ascii: "/")).contains { $0.starts(with: mark) }
            }
    }
}
