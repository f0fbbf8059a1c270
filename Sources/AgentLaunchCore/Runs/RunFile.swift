/// Reads and writes `run.json`.
struct RunFile: Sendable {
    static let schema = "agentlaunch.run/1"

    let path: Path

    init(conversation: Path) { path = conversation / "run.json" }

    /// Nil if there is none, or none that can be read: nothing depends on it but finding a process again.
    func read() -> Run? {
        let bytes = try? contentsOfSmallFile(path, limit: 1 << 20)
        return (bytes ?? nil).flatMap { JSONValue(parsing: $0) }.flatMap(Run.init)
    }

    /// Names the time since the machine was started: start times of processes count from then. Nil where the kernel
    /// does not tell.
    static let boot: String? = {
        let text = (try? contentsOfSmallFile("/proc/sys/kernel/random/boot_id")) ?? nil
        return text.map { $0.lossyText.filter { !$0.isWhitespace } }.flatMap { $0.isEmpty ? nil : $0 }
    }()

    func write(_ run: Run) throws(Errno) {
        try makeDirectories(path.parent, mode: 0o700)
        try replaceFile(path, JSONWriter.pretty(run.json))
    }
}

// Read with limits: a damaged file may hold any number, and a status that adds up times would trap on some.
extension Run {
    var json: JSONValue {
        [
            "schema": .string(RunFile.schema),
            "boot": .optional(RunFile.boot),
            "agent": .string(agent),
            "workdir": .string(workdir.description),
            "name": .string(name),
            "transport": .string(transport.rawValue),
            "launcher": launcher.json,
            "child": child?.json ?? .null,
            "agentProcess": agentProcess?.json ?? .null,
            "port": port.map { .integer($0) } ?? .null,
            "pidFile": .optional(pidFile?.description),
            "log": .optional(log?.description),
            "stopTimeoutMilliseconds": .integer(stopTimeoutMilliseconds),
            "startedAt": .string(startedAt.rfc3339),
            "restarts": .integer(restarts),
            "restartDue": .optional(restartDue?.rfc3339),
            "end": end.map { ["status": .integer($0.status), "at": .string($0.at.rfc3339)] } ?? .null,
        ]
    }

    init?(_ json: JSONValue) {
        guard json["schema"]?.text == RunFile.schema, let agent = json["agent"]?.text,
            let workdir = json["workdir"]?.text, let name = json["name"]?.text,
            let transport = json["transport"]?.text.flatMap(Transport.init),
            let launcher = json["launcher"].flatMap(ProcessIdentity.init),
            let stopTimeout = json["stopTimeoutMilliseconds"]?.integer,
            let startedAt = json["startedAt"]?.text.flatMap({ Timestamp($0) })
        else { return nil }
        self.init(
            agent: agent,
            workdir: Path(workdir),
            name: name,
            transport: transport,
            launcher: launcher,
            child: json["child"].flatMap(ProcessIdentity.init),
            agentProcess: json["agentProcess"].flatMap(ProcessIdentity.init),
            port: json["port"]?.integer.flatMap { 1...65_535 ~= $0 ? Int($0) : nil },
            pidFile: json["pidFile"]?.text.map { Path($0) },
            log: json["log"]?.text.map { Path($0) },
            stopTimeoutMilliseconds: Int(max(0, min(stopTimeout, Run.longestStopTimeout))),
            startedAt: startedAt,
            restarts: json["restarts"]?.integer.flatMap { Int(exactly: $0) } ?? 0,
            restartDue: json["restartDue"]?.text.flatMap { Timestamp($0) },
            end: json["end"].flatMap(End.init)
        )
        // None of its processes outlived the machine's start; numbers and start times come again.
        if let boot = json["boot"]?.text, let now = RunFile.boot, boot != now {
            self.launcher.startTicks = .max
            child = nil
            agentProcess = nil
        }
    }
}

extension ProcessIdentity {
    fileprivate var json: JSONValue {
        ["pid": .integer(pid), "startTicks": .string(String(startTicks))]
    }

    fileprivate init?(_ json: JSONValue) {
        guard let pid = json["pid"]?.integer.flatMap({ Int32(exactly: $0) }),
            let ticks = json["startTicks"]?.text.flatMap({ UInt64($0) })
        else { return nil }
        self.init(pid: pid, startTicks: ticks)
    }
}

extension Run.End {
    fileprivate init?(_ json: JSONValue) {
        // An exit status has eight bits: of another number a caller would see something else, 0 perhaps.
        guard let status = json["status"]?.integer, 0...255 ~= status,
            let at = json["at"]?.text.flatMap({ Timestamp($0) })
        else { return nil }
        self.init(status: Int32(status), at: at)
    }
}

extension Run {
    /// For people: `claude, conversation default of /home/coder/project`.
    var inWords: String { "\(agent), conversation \(name) of \(workdir)" }

    /// The run whose child this process is.
    static func ofChild(_ pid: Int32, root: Path) -> Run? {
        StateDirectory.conversations(in: root).lazy.compactMap { RunFile(conversation: $0).read() }
            .first { run in
                if let child = run.child, child.pid == pid { return child.isAlive }
                return run.child != nil && run.launcher.pid == pid && run.launcher.isAlive
            }
    }
}
