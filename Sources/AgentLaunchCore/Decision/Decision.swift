/// Cold, warm or unknown, and the conversation it is about.
struct Decision: Equatable, Sendable {
    enum Verdict: String, Sendable {
        case cold, warm, unknown
    }

    /// How the conversation was found, or how its id will come about.
    enum How: String, Sendable {
        case requested, fresh, record, derived, legacy, matched, adopted
    }

    var verdict: Verdict
    /// One sentence.
    var reason: String
    var how: How
    /// Nil if the verdict is unknown.
    var start: CommandRequest.Start?
    /// What could not be read, if the verdict is unknown.
    var failure: StoreFailure?

    var session: Session? {
        switch start {
        case .warm(let session), .reuse(let session): session
        case .cold, nil: nil
        }
    }

    static func warm(_ session: Session, _ how: How, _ reason: String) -> Decision {
        Decision(verdict: .warm, reason: reason, how: how, start: .warm(session))
    }

    static func unknown(_ failure: StoreFailure, _ how: How, _ reason: String) -> Decision {
        Decision(verdict: .unknown, reason: reason, how: how, failure: failure)
    }
}

/// What the user asked for, as far as it decides which conversation this is.
struct DecisionOptions: Equatable, Sendable {
    var resume: String?
    var fresh = false
    var requireResume = false
    var adopt = Adoption.match
    /// `--on-unknown fresh`.
    var freshWhenUnknown = false
    /// Why the task cannot be read: an error only where the start turns out cold or the text is compared.
    var unreadableTask: LaunchError?
}
