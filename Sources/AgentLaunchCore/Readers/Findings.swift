/// One thing that was looked at, and what it showed.
struct Evidence: Equatable, Sendable {
    enum Status: String, Sendable {
        case ok, absent, ignored, unreadable, damaged
    }

    var source: String
    var status: Status
    var finding: String
}

/// What a probe leaves behind: everything it looked at, in order, and the warnings.
struct Findings: Equatable, Sendable {
    private(set) var evidence: [Evidence] = []
    private(set) var warnings: [Warning] = []

    mutating func saw(_ source: Path, _ status: Evidence.Status, _ finding: String) {
        saw(source.description, status, finding)
    }

    mutating func saw(_ failure: StoreFailure) {
        saw(failure.path, failure.kind == .damaged ? .damaged : .unreadable, failure.why)
    }

    /// Why one of these folders cannot be listed, which is noted; nil if each can be, or is not there.
    mutating func failure(listing folders: [Path]) -> StoreFailure? {
        do throws(StoreFailure) {
            for folder in folders { _ = try StoreEntry.names(in: folder) }
            return nil
        } catch {
            saw(error)
            return error
        }
    }

    /// A variable of the environment; never its value.
    mutating func saw(variable: String, _ status: Evidence.Status, _ finding: String) {
        saw(variable, status, finding)
    }

    private mutating func saw(_ source: String, _ status: Evidence.Status, _ finding: String) {
        let entry = Evidence(source: source, status: status, finding: finding)
        if !evidence.contains(entry) { evidence.append(entry) }
    }

    mutating func warn(_ code: String, _ message: String) {
        let warning = Warning(code, message)
        if !warnings.contains(warning) { warnings.append(warning) }
    }
}
