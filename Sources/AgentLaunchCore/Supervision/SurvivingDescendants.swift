import Glibc

/// What an agent that has ended left running: told to end, and waited for.
struct SurvivingDescendants {
    private var survivors = 0
    /// When a person is told what is waited for; nil where that is done or nothing is waited for.
    private(set) var noteDue: Int64?
    private static let noteAfter: Int64 = 1000

    var isGone: Bool { survivors == 0 }

    /// Asks those of the session, or all, to end; whether there are any.
    mutating func end(session: Int32?, now: Int64) -> Bool {
        survivors = Descendants.count(session: session)
        guard survivors > 0 else { return false }
        // The kernel has hung up on the foreground only.
        Descendants.signalAll(SIGHUP, session: session)
        Descendants.signalAll(SIGTERM, session: session)
        Descendants.continueStopped()
        noteDue = now + Self.noteAfter
        return true
    }

    mutating func kill(session: Int32?) { survivors = Descendants.signalAll(SIGKILL, session: session) }

    /// After a child was reaped there may be fewer.
    mutating func count(session: Int32?) {
        if survivors > 0 { survivors = Descendants.count(session: session) }
    }

    /// How many there are, once they have taken so long that it has to be said.
    mutating func toNote(now: Int64) -> Int? {
        guard let due = noteDue, now >= due else { return nil }
        noteDue = nil
        return survivors > 0 ? survivors : nil
    }
}
