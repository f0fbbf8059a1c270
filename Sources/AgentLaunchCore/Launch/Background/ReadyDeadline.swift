import Glibc

/// Ends a start that is waited for when agentapi is not ready in time.
final class ReadyDeadline: LaunchObserver {
    private let reporter: RunReporter
    private let asked: ChatWatcher?

    init(_ reporter: RunReporter, asked: ChatWatcher?) {
        self.reporter = reporter
        self.asked = asked
    }

    var interests: [pollfd] { [] }
    var deadline: Int64? { reporter.readyDue }
    func started(pid: Int32) {}

    func wake() {
        guard let due = reporter.readyDue, monotonicMilliseconds() >= due else { return }
        reporter.missedDeadline(seen)
    }

    func ended() {}

    /// What it was when it was asked last.
    private var seen: String {
        switch asked?.lastAnswer {
        case .status: "agentapi started to answer, but not yet \(Readiness.inARow) times in a row"
        case .refused(let why), .failed(let why), .notAsked(let why): why
        default: "agentapi did not answer"
        }
    }
}

extension RunReporter {
    /// Nil if nobody waits.
    func deadline(asked chat: ChatWatcher?) -> ReadyDeadline? {
        readyDue == nil ? nil : ReadyDeadline(self, asked: chat)
    }
}
