/// The exit statuses of agentlaunch itself (docs/specification.md#exit-status; the numbers are sysexits.h's).
enum ExitStatus: Int32, Sendable {
    case success = 0
    case usage = 64
    /// A session store is damaged or unreadable.
    case unknown = 65
    /// A named session, file or directory is not there.
    case noInput = 66
    case unavailable = 69
    case bug = 70
    case cannotCreate = 73
    case alreadyRunning = 75
    case notExecutable = 126
    case notFound = 127

    /// The status of several things is the highest that one of them ended with.
    mutating func worsen(to other: ExitStatus) { if other.rawValue > rawValue { self = other } }
}

/// Why agentlaunch stops: one line for a person, `agentlaunch: WHAT: WHY; NEXT STEP`.
struct LaunchError: Error, Equatable, Sendable, CustomStringConvertible {
    var status: ExitStatus
    /// The thing that is wrong: an option, a path, an agent.
    var what: String
    var why: String
    /// What to do about it.
    var nextStep: String

    init(_ status: ExitStatus, _ what: String, _ why: String, _ nextStep: String) {
        self.status = status
        self.what = what
        self.why = why
        self.nextStep = nextStep
    }

    var description: String { "\(what): \(why); \(nextStep)" }
}
