/// An agent's row of Coder's agent compatibility matrix (June 2026): what its registry module does about sessions,
/// where the sessions are, and how much room they need. `Tests/matrix.tsv` is the same table, and a test compares.
struct CoderMatrix: Equatable, Sendable {
    /// What the agent's registry module does about sessions, without agentlaunch.
    enum Support: String, Sendable {
        /// Resumes by itself.
        case full
        /// Wired, but off or faulty.
        case partial
        /// The agent could, the module does not.
        case planned
        case notSupported = "not supported"
    }

    /// A value, and what the matrix adds in parentheses.
    struct Noted: Equatable, Sendable {
        var value: String
        var note: String?

        var text: String { note.map { "\(value) (\($0))" } ?? value }
    }

    /// Nil for an agent that has no row there.
    var module: String?
    var moduleVersion: Version?
    var support: Support?
    /// Where support is followed up: the number of an issue of coder/registry.
    var issue: Int?
    /// Folders and files that must survive a restart.
    var sessionData: [Noted] = []
    var minimumStorage: Noted?
}

/// What stands behind an agent's rules.
struct Proof: Equatable, Sendable {
    enum Kind: String, Sendable {
        /// The vendor's own program was run.
        case program = "real CLI"
        /// A double of it was, written from the program's source.
        case source = "source"
        /// A double of it was, written from documentation and reports: nobody here has seen the program or its source.
        case documentation = "documentation"
    }

    var kind: Kind
    /// One line.
    var what: String
}

extension CoderMatrix.Noted: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self.init(value: value) }

    init(_ value: String, _ note: String) { self.init(value: value, note: note) }
}
