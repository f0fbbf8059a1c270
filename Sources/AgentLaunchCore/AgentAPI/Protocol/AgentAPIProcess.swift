import Glibc

/// Whether a process is an agentapi, and what it listens on.
enum AgentAPIProcess {
    /// By its program, its argv[0] or its name: a pid alone may long belong to another process.
    static func isOne(_ pid: Int32) -> Bool {
        guard let status = ProcessStatus(pid) else { return false }
        // A script's own name is all there is of it here, and module scripts are called agentapi-start.sh.
        if status.command == Bytes(AgentAPIProgram.name.utf8) { return true }
        let names: [Bytes?] = [executable(pid)?.lastComponent, status.arguments.first]
        return names.compactMap(\.self).contains { isName(Path(bytes: $0).lastComponent) }
    }

    /// Releases are also called `agentapi-linux-amd64`.
    static func isName(_ name: Bytes) -> Bool {
        let text = name.lossyText
        return text == "agentapi" || text.hasPrefix("agentapi-")
    }

    /// For people: the name of the program.
    static func name(_ pid: Int32) -> String? {
        ProcessStatus(pid).map { $0.command.lossyText }
    }

    private static func executable(_ pid: Int32) -> Path? {
        guard let path = Path("/proc/\(pid)/exe").linkTarget()?.bytes else { return nil }
        // An update while it runs.
        let deleted = Bytes(" (deleted)".utf8)
        return Path(
            bytes: path.suffix(deleted.count) == deleted[...] ? path.dropLast(deleted.count) : path[...]
        )
    }
}
