/// The values of options that take one of a few words; the words are the raw values.
protocol Choice: RawRepresentable<String>, CaseIterable, Sendable {}

extension Choice {
    static var words: [String] { allCases.map(\.rawValue) }
}

/// What happens to a task that a conversation which goes on was not given.
enum NewPromptPolicy: String, Choice {
    case skip, refuse, send, fresh
}

/// When a warm start gives its message.
enum ResumeWhen: String, Choice {
    case always, interrupted
}

/// Which conversation that nobody named here may be gone on with.
enum Adoption: String, Choice {
    case match, newest, never
}

/// What to do when a store cannot be read reliably.
enum UnknownPolicy: String, Choice {
    case refuse, fresh
}

extension OutputFormat: Choice {}

/// Whether an agent that failed is started again.
enum RestartPolicy: String, Choice {
    case never
    case onFailure = "on-failure"
}
