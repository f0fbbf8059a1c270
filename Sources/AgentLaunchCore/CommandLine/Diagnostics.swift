import Glibc

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

    init(level: Level = .notice, format: OutputFormat = .text, descriptor: Int32 = STDERR_FILENO) {
        self.level = level
        self.format = format
        self.descriptor = descriptor
    }

    /// As the options and variables say. Of `--quiet` and `--verbose` the quiet one counts, unless only the
    /// other was typed.
    init(_ invocation: Invocation) throws(LaunchError) {
        let read = OptionReader(
            options: invocation.options,
            environment: Environment(),
            currentDirectory: "/"
        )
        format = try read.choice(.logFormat) ?? .text
        let quiet = read.toggle(.quiet) ?? false
        let verbose = read.toggle(.verbose) ?? false
        let typed = { (name: OptionName) in read.given(name)?.origin == .option }
        if quiet, verbose {
            level = typed(.verbose) && !typed(.quiet) ? .detail : .error
        } else {
            level = quiet ? .error : verbose ? .detail : .notice
        }
    }

    /// For the errors of parsing itself: the format as far as it can be made out of arguments that are wrong.
    init(guessedFrom arguments: [Bytes], _ environment: Environment) {
        var format = environment.given("AGENTLAUNCH_LOG_FORMAT")
        let typed = arguments.prefix { $0 != Bytes("--".utf8) }
        let flag = Bytes(OptionName.logFormat.flag.utf8)
        for (index, word) in typed.enumerated() {
            if word == flag, index + 1 < typed.count { format = typed[index + 1] }
            if word.starts(with: flag + [UInt8(ascii: "=")]) {
                format = Bytes(word.dropFirst(flag.count + 1))
            }
        }
        self.init(format: format?.text.flatMap(OutputFormat.init(rawValue:)) ?? .text)
    }

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
    func detail(_ message: String, _ fields: [Field] = []) {
        guard level >= .detail else { return }
        write(.detail, message, fields)
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
