/// The agent's release, and how it is known.
struct VersionAnswer: Equatable, Sendable {
    enum Source: String, Sendable {
        case option, asked, remembered, files, assumed
        case notNeeded = "not-needed"
    }

    var version: Version?
    var source: Source
}
