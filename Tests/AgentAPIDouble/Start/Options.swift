/// The settings of one `agentapi server`: a flag that was given, else a variable that is not empty, else the default.
/// Variables are cast without errors: what is no number is 0.
struct Options {
    let release: Release
    let command: [String]
    private let flags: [String: [String]]
    private let environment: [String: String]

    init(release: Release, flags: [String: [String]], command: [String], environment: [String: String]) {
        self.release = release
        self.flags = flags
        self.command = command
        self.environment = environment
    }

    private func variable(_ name: String) -> String? {
        guard release.readsEnvironment, release.flags.contains(where: { $0.name == name }) else { return nil }
        let key = "AGENTAPI_" + name.uppercased().replacing("-", with: "_")
        return environment[key].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func text(_ name: String) -> String {
        flags[name]?.last ?? variable(name) ?? ""
    }

    private func number(_ name: String, _ fallback: Int) -> Int {
        if let given = flags[name]?.last { return Int(given) ?? 0 }
        return variable(name).map(Self.cast) ?? fallback
    }

    /// nil: neither given nor set.
    private func boolean(_ name: String) -> Bool? {
        if let given = flags[name]?.last { return FlagParser.boolean(given) ?? false }
        return variable(name).map { FlagParser.boolean($0) ?? false }
    }

    /// A flag's list is separated by commas, a variable's by white space.
    private func list(_ name: String, _ fallback: [String]) -> [String] {
        if let given = flags[name] { return given }
        return variable(name)?.split(whereSeparator: \.isWhitespace).map(String.init) ?? fallback
    }

    /// A number as written in Go: decimal, 0x, 0 for octal.
    private static func cast(_ text: String) -> Int {
        let isNegative = text.hasPrefix("-")
        let digits = isNegative || text.hasPrefix("+") ? String(text.dropFirst()) : text
        guard let first = digits.first, first.isASCII, first.isNumber else { return 0 }
        let lower = digits.lowercased()
        let value: Int? =
            if lower.hasPrefix("0x") {
                Int(lower.dropFirst(2), radix: 16)
            } else if lower.hasPrefix("0"), lower.count > 1 {
                Int(lower.dropFirst(), radix: 8)
            } else {
                Int(lower)
            }
        return (value ?? 0) * (isNegative ? -1 : 1)
    }

    var exitsAtOnce: Bool { boolean("exit") ?? false }
    var printsOpenAPI: Bool { boolean("print-openapi") ?? false }
    var usesACP: Bool { boolean("experimental-acp") ?? false }
    var port: Int { number("port", 3284) }
    var width: Int { Int(UInt16(truncatingIfNeeded: number("term-width", 80))) }
    var height: Int { Int(UInt16(truncatingIfNeeded: number("term-height", 1000))) }
    var initialPrompt: String { text("initial-prompt") }
    var stateFile: String { text("state-file") }
    var pidFile: String { text("pid-file") }
    var chatBasePath: String { flags["chat-base-path"]?.last ?? variable("chat-base-path") ?? "/chat" }
    /// With a state file and nothing said, state is loaded and saved.
    var loadsState: Bool? { boolean("load-state") }
    var savesState: Bool? { boolean("save-state") }
    var allowedHosts: [String] { list("allowed-hosts", ["localhost", "127.0.0.1", "[::1]"]) }
    var allowedOrigins: [String] {
        list("allowed-origins", ["http://localhost:3284", "http://localhost:3000", "http://localhost:3001"])
    }

    /// What `--type` or, without it, the command as it was typed says; nil: an unknown `--type`.
    var agentType: String? {
        let types = release.types
        let given = text("type")
        if !given.isEmpty { return types[given] }
        return types[command[0]] ?? "custom"
    }

    var givenType: String { text("type") }
}
