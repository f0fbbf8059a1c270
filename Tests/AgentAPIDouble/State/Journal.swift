import Foundation

/// What the double saw and did, one JSON line for each event, for a test to read. Every line has `event`, `pid` and
/// `t` (monotonic seconds).
///
/// started (argv, environment, sigign, sigblk, stdin, isatty), stdin (bytes, sha256), agent-started (agent),
/// handlers-set, listening (port), ready, state-loaded (messages), state-load-failed, prompt-enqueued,
/// prompt-delivered, prompt-failed (reason), message-queued, message-delivered, message-failed (reason), signal (signal, from),
/// state-saved (source, messages), chatter-written (bytes), sigint-sent, sigkill-sent, agent-ended (status),
/// stopped (code). An end by a signal leaves no line.
struct Journal {
    private let descriptor: Int32

    init(_ path: String?) {
        descriptor = path.map { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600) } ?? -1
    }

    func note(_ event: String, _ fields: [(String, JSONText)] = []) {
        guard descriptor != -1 else { return }
        let line = JSONText.object(
            [("event", .text(event)), ("pid", .number(Int(getpid())))] + fields
                + [("t", .text(String(monotonicSeconds())))]
        )
        // One write of one line: lines of several processes do not mix.
        writeAll(descriptor, Array((line.written(escapingMarkup: false) + "\n").utf8))
    }

    func noteStart(_ environment: [String: String]) {
        guard descriptor != -1 else { return }
        var fields: [(String, JSONText)] = [("argv", .list(RawText.arguments.map { .text($0) }))]
        let shown = environment.keys.sorted().filter { name in
            name.hasPrefix("AGENTAPI_") || name.hasPrefix("CODER_MCP_") || name.hasPrefix("AGENTLAUNCH_")
                || name.hasSuffix("LOAD_STATE") || name == "TERM"
        }
        fields.append(("environment", .object(shown.map { ($0, .text(environment[$0] ?? "")) })))
        fields.append(("ppid", .number(Int(getppid()))))
        fields.append(("sid", .number(Int(getsid(0)))))
        for (key, name) in [("SigIgn:", "sigign"), ("SigBlk:", "sigblk")] {
            fields.append((name, .list(Self.signals(key).map { .number($0) })))
        }
        fields.append(("stdin", .text(Self.kind(0))))
        fields.append(("isatty", .boolean(isatty(0) == 1)))
        note("started", fields)
    }

    /// The numbers in one of the signal masks of /proc/self/status.
    private static func signals(_ key: String) -> [Int] {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) }),
            let mask = line.split(separator: "\t").last.flatMap({ UInt64($0, radix: 16) })
        else { return [] }
        return (1...64).filter { mask >> UInt64($0 - 1) & 1 == 1 }
    }

    private static func kind(_ descriptor: Int32) -> String {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return "closed" }
        switch status.st_mode & S_IFMT {
        case S_IFIFO: return "pipe"
        case S_IFSOCK: return "socket"
        case S_IFREG: return status.st_nlink == 0 ? "unlinked file" : "file"
        case S_IFCHR:
            let target = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/fd/\(descriptor)"
            )
            return target == "/dev/null" ? "null" : isatty(descriptor) == 1 ? "terminal" : "device"
        default: return "other"
        }
    }
}

/// agentapi's log, on stdout; a reader that does not read holds it up.
enum Log {
    static func info(_ message: String, _ fields: [(String, String)] = []) { write("INFO", message, fields) }
    static func warn(_ message: String, _ fields: [(String, String)] = []) { write("WARN", message, fields) }
    static func error(_ message: String, _ fields: [(String, String)] = []) {
        write("ERROR", message, fields)
    }

    private static func write(_ level: String, _ message: String, _ fields: [(String, String)]) {
        var line = "time=\(timestamp()) level=\(level) msg=\(shown(message))"
        for (name, value) in fields { line += " \(name)=\(shown(value))" }
        writeAll(1, Array((line + "\n").utf8))
    }

    private static func shown(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" }
        return isPlain ? text : JSONText.text(text).written(escapingMarkup: false)
    }
}
