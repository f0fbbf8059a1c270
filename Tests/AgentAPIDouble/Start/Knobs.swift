import Foundation

/// What a test may ask of the double, by variables that agentapi does not know. Absent or empty = as agentapi.
///
/// | variable | what it does |
/// |---|---|
/// | `DOUBLE_VERSION` | the release it is, default 0.12.1; see `Release` for what changes with it |
/// | `DOUBLE_JOURNAL` | a file that gets one JSON line for each event; see `Journal` |
/// | `DOUBLE_TIME_SCALE` | factor on every time of agentapi: 5 s + 5 s of a stop, 3 s, 15 s, 2 s and 1 s of a delivery, and 2 s of a stable screen |
/// | `DOUBLE_STABLE_SECONDS` | how long an unchanged screen is stable, not scaled |
/// | `DOUBLE_PAUSE_BEFORE_HANDLERS` | seconds between the agent's start and the signal handlers, not scaled |
/// | `DOUBLE_SLOW_START` | seconds between the signal handlers and the bind, not scaled |
/// | `DOUBLE_NEVER_READY` | the agent's input box is never recognised |
/// | `DOUBLE_IGNORE_TERM` | TERM, INT and HUP are written to the journal and change nothing, however many come |
/// | `DOUBLE_CHATTER` | so many bytes of log are written to stdout at a stop, blocking, before anything is saved |
/// | `DOUBLE_LISTEN` | `all` = on all interfaces, as agentapi; default: 127.0.0.1 only (the bind conflicts with the same listeners either way) |
struct Knobs {
    let version: String
    let journal: String?
    let timeScale: Double
    let stableSeconds: Double
    let pauseBeforeHandlers: Double
    let slowStart: Double
    let neverReady: Bool
    let ignoresTerm: Bool
    let chatter: Int
    let listensOnAll: Bool

    init(_ environment: [String: String]) {
        func text(_ name: String) -> String? {
            environment["DOUBLE_" + name].flatMap { $0.isEmpty ? nil : $0 }
        }
        func number(_ name: String) -> Double? {
            guard let value = text(name) else { return nil }
            guard let number = Double(value), number >= 0 else {
                leave("agentapi-double: DOUBLE_\(name): \(value) is not a number", code: 99)
            }
            return number
        }
        version = text("VERSION") ?? "0.12.1"
        journal = text("JOURNAL")
        timeScale = number("TIME_SCALE") ?? 1
        stableSeconds = number("STABLE_SECONDS") ?? 2 * timeScale
        pauseBeforeHandlers = number("PAUSE_BEFORE_HANDLERS") ?? 0
        slowStart = number("SLOW_START") ?? 0
        neverReady = text("NEVER_READY") != nil
        ignoresTerm = text("IGNORE_TERM") != nil
        chatter = Int(number("CHATTER") ?? 0)
        listensOnAll = text("LISTEN") == "all"
    }

    /// A time of agentapi's, scaled.
    func seconds(_ original: Double) -> Double { original * timeScale }
}

/// Ends the process with a line on stderr, past every clean-up.
func leave(_ message: String, code: Int32) -> Never {
    writeAll(2, Array((message + "\n").utf8))
    exit(code)
}

/// Blocks until everything is written or nobody can read it any more.
func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count == -1 {
            if errno == EINTR { continue }
            return
        }
        rest = rest.dropFirst(count)
    }
}

/// Not inherited by the agent, and never waited for.
func setFlags(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
}

func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
