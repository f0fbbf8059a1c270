/// The register of running Claude Code processes, `sessions/<pid>.json`. A killed process leaves its file behind.
struct ClaudeProcesses {
    private let folder: Path

    init(_ folder: Path) { self.folder = folder }

    /// The process that has the session open: it lives, is Claude Code, and is the one that wrote the file.
    func holder(of id: String) -> Int32? {
        ((try? namesInDirectory(folder)) ?? []).lazy
            .compactMap { $0.text?.part(before: ".json").flatMap { Int32($0) } }
            .first { session(of: $0) == id }
    }

    /// The session that a process has open now; `/clear` changes it. Nil if it is no Claude Code.
    func session(of pid: Int32) -> String? {
        guard let bytes = try? contentsOfSmallFile(folder / "\(pid).json", limit: 1 << 20),
            let entry = JSONValue(parsing: bytes), entry["pid"]?.integer ?? Int64(pid) == Int64(pid),
            let process = ProcessStatus(pid), isClaude(process), wrote(process, entry)
        else { return nil }
        return entry["sessionId"]?.text
    }

    private func isClaude(_ process: ProcessStatus) -> Bool {
        let mark = Bytes("claude".utf8)
        return process.command == mark || process.arguments.prefix(2).contains { $0.contains(mark) }
    }

    private func wrote(_ process: ProcessStatus, _ entry: JSONValue) -> Bool {
        if let start = entry["procStart"] {
            return (start.integer.flatMap { UInt64(exactly: $0) } ?? start.text.flatMap { UInt64($0) })
                == process.startTicks
        }
        // Releases before 2.1.176 say only when they wrote it: a recycled pid belongs to a younger process.
        guard let written = entry["startedAt"]?.integer, let started = process.started else { return false }
        return started.milliseconds <= written + 2000
    }
}
