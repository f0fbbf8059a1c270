import Glibc

/// How lists, dry runs and agentlaunch's own lines are written.
enum OutputFormat: String, CaseIterable, Sendable {
    case text, json
}

/// agentlaunch's own lines on stderr. Each is one line, whatever is in it; a stderr that is closed or full is
/// no reason to fail.
struct Diagnostics: Sendable {
    enum Level: Int, Comparable, Sendable {
        case error, warning, notice, detail

        static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }

        fileprivate var word: String {
            switch self {
            case .error: "error"
            case .warning: "warning"
            case .notice: "notice"
            case .detail: "detail"
            }
        }
    }

    /// A further member of the JSON object.
    typealias Field = JSONValue.Member

    var level: Level = .notice
    var format: OutputFormat = .text
    var descriptor: Int32 = STDERR_FILENO

    /// Always written: a status of ours never comes without its line.
    func report(_ error: LaunchError) {
        write(
            .error,
            error.description,
            [
                Field("status", .integer(error.status.rawValue)), Field("what", .string(error.what)),
                Field("why", .string(error.why)), Field("nextStep", .string(error.nextStep)),
            ]
        )
    }

    /// Always written: why there is no more to come; the status is the agent's.
    func fail(_ message: String, _ fields: [Field] = []) { write(.error, message, fields) }

    func warn(_ warning: Warning) {
        guard level >= .warning else { return }
        let text = format == .json ? warning.message : "warning: \(warning.message) [\(warning.code)]"
        write(.warning, text, [Field("code", .string(warning.code))])
    }

    /// What a start says in one line; the fields are for programs.
    func notice(_ message: String, _ fields: [Field] = []) {
        guard level >= .notice else { return }
        write(.notice, message, fields)
    }

    /// For `--verbose`.
    func detail(_ message: String) {
        guard level >= .detail else { return }
        write(.detail, message, [])
    }

    private func write(_ level: Level, _ message: String, _ fields: [Field]) {
        let line: Bytes
        switch format {
        case .text: line = Bytes("agentlaunch: \(oneLine(message))\n".utf8)
        case .json:
            let members = [Field("level", .string(level.word)), Field("message", .string(message))] + fields
            line = JSONWriter.compact(.object(members)) + [UInt8(ascii: "\n")]
        }
        // Whoever does not read must not keep a launch from what it has to do.
        writeAll(line, to: descriptor, patience: 1000)
    }
}
