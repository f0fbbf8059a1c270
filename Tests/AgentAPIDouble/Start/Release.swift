/// A release of agentapi and what it can; see docs/agents/agentapi.md.
struct Release: Comparable {
    let numbers: [Int]

    init(_ text: String) {
        numbers = text.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 }
    }

    static func < (one: Release, other: Release) -> Bool {
        one.numbers.lexicographicallyPrecedes(other.numbers)
    }

    /// Variables are read since 0.3.3.
    var readsEnvironment: Bool { self >= Release("0.3.3") }
    var readsPromptFromStdin: Bool { self >= Release("0.11.0") }
    /// Before, the prompt goes out at the first stable screen, whatever is on it.
    var promptWaitsForBox: Bool { self >= Release("0.11.2") }
    /// Of 0.12.0: state file, pid file, HUP and USR1 handled, 0 after a stop, messages queued until the box was seen.
    var hasState: Bool { self >= Release("0.12.0") }
    /// After 0.12.1: `running` until the box was seen, and a paste that is not echoed is no error.
    var statusKnowsBox: Bool { self > Release("0.12.1") }
    var saysAgentType: Bool { self >= Release("0.10.1") }

    /// `--type` values and what they are.
    var types: [String: String] {
        var result: [String: String] = [:]
        for (since, name, type) in Self.typeTable where self >= Release(since) { result[name] = type }
        return result
    }

    private static let typeTable: [(String, String, String)] = [
        ("0.1.0", "claude", "claude"), ("0.1.0", "goose", "goose"), ("0.1.0", "aider", "aider"),
        ("0.1.0", "codex", "codex"), ("0.1.0", "custom", "custom"), ("0.3.0", "gemini", "gemini"),
        ("0.4.0", "amp", "amp"), ("0.5.0", "cursor", "cursor"), ("0.5.0", "cursor-agent", "cursor"),
        ("0.6.0", "auggie", "auggie"), ("0.7.0", "opencode", "opencode"), ("0.7.0", "amazonq", "amazonq"),
        ("0.7.0", "q", "amazonq"), ("0.8.0", "copilot", "copilot"),
    ]

    /// The flags of `agentapi server`.
    var flags: [Flag] { Self.flagTable.filter { self >= Release($0.0) }.map(\.1) }

    private static let flagTable: [(String, Flag)] = [
        ("0.1.0", Flag("type", "t", .text)),
        ("0.1.0", Flag("port", "p", .number)),
        ("0.1.0", Flag("print-openapi", "P", .switch)),
        ("0.2.0", Flag("chat-base-path", "c", .text)),
        ("0.2.2", Flag("term-width", "W", .smallNumber)),
        ("0.2.2", Flag("term-height", "H", .smallNumber)),
        ("0.4.0", Flag("allowed-hosts", "a", .list)),
        ("0.4.0", Flag("allowed-origins", "o", .list)),
        ("0.9.0", Flag("initial-prompt", "I", .text)),
        ("0.12.0", Flag("state-file", "s", .text)),
        ("0.12.0", Flag("load-state", nil, .switch)),
        ("0.12.0", Flag("save-state", nil, .switch)),
        ("0.12.0", Flag("pid-file", nil, .text)),
        ("0.12.0", Flag("experimental-acp", nil, .switch)),
        ("0.4.0", Flag("exit", nil, .switch)),
    ]
}

struct Flag {
    enum Kind {
        case text
        case number
        case smallNumber
        case `switch`
        case list
    }

    let name: String
    let short: Character?
    let kind: Kind

    init(_ name: String, _ short: Character?, _ kind: Kind) {
        self.name = name
        self.short = short
        self.kind = kind
    }
}
