import CPseudoTerminal
import Glibc

/// Goes to the background: from here on two processes run the same code.
enum Background {
    enum Side {
        /// The process that was called, and the child that goes on.
        case caller(BackgroundWait)
        case background(BackgroundReport)
    }

    /// Before any lock is taken, so that the background process holds them under its own pid.
    static func start() throws(LaunchError) -> Side {
        let started = background_start()
        switch started.pid {
        case -1:
            throw LaunchError(
                .cannotCreate,
                "background process",
                "\(Errno.last)",
                "check the limits on processes and open files (ulimit -u, -n)"
            )
        case 0: return .background(BackgroundReport(started.report))
        default:
            return .caller(BackgroundWait(pid: started.pid, report: started.report, text: started.text))
        }
    }

    /// What the background process tells its caller; errors come as lines on its standard error and as its status.
    enum Event: Equatable, Sendable {
        /// agentapi, or the program of a direct start, was executed.
        case started(StartedInBackground)
        case ready
        /// Not ready in time; the launcher stops now. What was seen last.
        case late(String)
    }
}

/// What the line of a start in the background says.
struct StartedInBackground: Equatable, Sendable {
    var agent: String
    /// The launcher's.
    var pid: Int32
    var port: Int?
    var log: Path

    var url: String? { port.map { "http://localhost:\($0)" } }

    /// The line itself.
    var text: String {
        (["\(agent): running in the background, pid \(pid)"] + [url, "log \(log)"].compactMap(\.self))
            .joined(separator: ", ")
    }

    var fields: [Diagnostics.Field] {
        [
            .init("agent", .string(agent)), .init("pid", .integer(pid)), .init("url", .optional(url)),
            .init("log", .string(log.description)),
        ]
    }
}

/// The background process's side: once its caller needs no more of it, its lines go elsewhere and nothing of the
/// caller's is open any more.
final class BackgroundReport {
    private var descriptor: Int32
    /// Monotonic milliseconds: what its caller waits for is counted from here.
    let begun = monotonicMilliseconds()

    fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// A caller that has gone changes nothing.
    func send(_ event: Background.Event) {
        guard descriptor >= 0 else { return }
        writeAll(event.line, to: descriptor)
    }

    func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }
}

extension Background.Event {
    /// One line of JSON.
    var line: Bytes {
        let value: JSONValue =
            switch self {
            case .started(let start):
                [
                    "event": "started", "agent": .string(start.agent), "pid": .integer(start.pid),
                    "port": start.port.map { .integer($0) } ?? .null,
                    "log": .array(start.log.bytes.map { .integer($0) }),
                ]
            case .ready: ["event": "ready"]
            case .late(let seen): ["event": "late", "seen": .string(seen)]
            }
        return JSONWriter.compact(value) + [UInt8(ascii: "\n")]
    }

    init?(line: Bytes) {
        guard let value = JSONValue(parsing: line) else { return nil }
        switch value["event"]?.text {
        case "ready": self = .ready
        case "late": self = .late(value["seen"]?.text ?? "")
        case "started":
            let log = value["log"]?.elements ?? []
            self = .started(
                StartedInBackground(
                    agent: value["agent"]?.text ?? "",
                    pid: value["pid"]?.integer.flatMap { Int32(exactly: $0) } ?? 0,
                    port: value["port"]?.integer.flatMap { Int(exactly: $0) },
                    log: Path(bytes: log.compactMap { $0.integer.flatMap { UInt8(exactly: $0) } })
                )
            )
        default: return nil
        }
    }
}
