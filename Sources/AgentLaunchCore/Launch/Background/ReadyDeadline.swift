import Glibc

/// Ends a start that is waited for when agentapi is not ready in time.
final class ReadyDeadline: LaunchObserver {
    private let upkeep: LaunchUpkeep
    private let asked: ChatWatcher?

    init(_ upkeep: LaunchUpkeep, asked: ChatWatcher?) {
        self.upkeep = upkeep
        self.asked = asked
    }

    var interests: [pollfd] { [] }
    var deadline: Int64? { upkeep.readyDue }
    func started(pid: Int32) {}

    func wake() {
        guard let due = upkeep.readyDue, monotonicMilliseconds() >= due else { return }
        upkeep.isLate(seen)
    }

    func ended() {}

    /// What it was when it was asked last.
    private var seen: String {
        switch asked?.lastAnswer {
        case .status: "agentapi has begun to answer, but not \(Readiness.inARow) times in a row"
        case .refused(let why), .failed(let why), .notAsked(let why): why
        default: "agentapi has not answered"
        }
    }
}

extension LaunchUpkeep {
    /// Nil if nobody waits.
    func deadline(asked chat: ChatWatcher?) -> ReadyDeadline? {
        readyDue == nil ? nil : ReadyDeadline(self, asked: chat)
    }
}
