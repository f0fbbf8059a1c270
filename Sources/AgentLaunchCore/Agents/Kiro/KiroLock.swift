/// Who has a session of Kiro's second engine open. A killed process leaves its file behind.
struct KiroLock {
    let path: Path

    init(_ path: Path) { self.path = path }

    private var entry: JSONValue? {
        let bytes = try? contentsOfSmallFile(path, limit: 1 << 16)
        return (bytes ?? nil).flatMap { JSONValue(parsing: $0) }
    }

    /// The file is there and names no process: Kiro may refuse the session until it is gone.
    var isUnreadable: Bool {
        guard let status = try? fileStatus(path), status.isRegularFile else { return false }
        return entry?["pid"]?.integer == nil
    }

    /// The process lives, is Kiro, and is older than the lock: a recycled or foreign pid holds nothing.
    var holder: Int32? {
        guard let entry, let pid = entry["pid"]?.integer.flatMap({ Int32(exactly: $0) }),
            let process = ProcessStatus(pid), isKiro(process), let started = process.started,
            let written = entry["started_at"]?.text.flatMap({ Timestamp($0) }) ?? modified,
            started.milliseconds <= written.milliseconds + 2000
        else { return nil }
        return pid
    }

    private var modified: Timestamp? {
        guard let status = try? fileStatus(path) else { return nil }
        return Timestamp(milliseconds: Int64(status.st_mtim.tv_sec) * 1000)
    }

    private func isKiro(_ process: ProcessStatus) -> Bool {
        let mark = Bytes("kiro".utf8)
        return process.command.starts(with: mark)
            || process.arguments.prefix(2).contains { Path(bytes: $0).lastComponent.starts(with: mark) }
    }
}
