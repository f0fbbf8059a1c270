/// One agent's conversations on disk, read and never written.
typealias SessionStore = ConversationReader & ConversationTracker & ConversationGuard

/// Finds and reads conversations. Every method says in `findings` what it looked at.
protocol ConversationReader: AnyObject {
    /// The directory or database that everything depends on: the record remembers it, and notices when it is gone.
    var root: Path { get }

    /// Every place that a conversation may be kept in: more than the root where an agent has several stores.
    var places: [Path] { get }

    /// Why the whole store cannot be read; nil if the root is readable or absent.
    func failure(_ findings: inout Findings) -> StoreFailure?

    /// One id, whatever its directory or origin.
    func find(_ id: String, _ findings: inout Findings) -> Lookup

    /// The tries of this query's name. Agents that choose their ids themselves have none.
    func derived(_ findings: inout Findings) -> Derivation

    /// Whether the session is one of the tries of a name.
    func isDerived(_ session: Session, from name: String) -> Bool

    /// What an older start script left for this directory (rule 5); absent for most agents.
    func legacy(_ findings: inout Findings) -> Lookup

    /// The conversations of this directory (rule 6).
    func candidates(_ findings: inout Findings) -> Candidates

    /// Whether any user message of the session is this text; nil if that cannot be told.
    func contains(_ text: TaskText, in session: Session) -> Bool?
}

/// Follows an agent that runs: which conversation it is in, and when something was said.
protocol ConversationTracker: AnyObject {
    /// Folders in which a change may mean a new session or message; they need not exist yet.
    var watched: [Path] { get }

    /// Folders in which a file comes or is written when the agent's process goes over to another session; empty where
    /// no certain sign of that is known.
    var switchMarkers: [Path] { get }

    /// The id of the session that an open file of the agent's process belongs to.
    func sessionID(openFile: Path) -> String?

    /// The sessions that a process has open, by signs of its own making: a lock or a file that it holds, its entry in
    /// a register.
    func sessionsOpen(inProcess pid: Int32) -> Set<String>
}

/// Tells what would go wrong if the agent were started.
protocol ConversationGuard: AnyObject {
    /// The process that has the session open now, if that is provable; never a recycled or foreign pid.
    func holder(of session: Session) -> Int32?

    /// What the agent will ask before it resumes the session, though nobody holds it.
    func resumeDialogs(of session: Session) -> [Warning]

    /// What a cold start in this directory would overwrite, whatever is known of it; nil if nothing.
    func overwritten(_ findings: inout Findings) throws(StoreFailure) -> OldConversation?
}

extension ConversationReader {
    var places: [Path] { [root] }
    func derived(_ findings: inout Findings) -> Derivation { Derivation() }
    func isDerived(_ session: Session, from name: String) -> Bool { false }
    func legacy(_ findings: inout Findings) -> Lookup { .absent }

    /// Which of its places holds the session.
    func place(of session: Session) -> Path { places.first(where: session.store.isInside) ?? root }
}

extension ConversationTracker {
    var switchMarkers: [Path] { [] }
    func sessionID(openFile: Path) -> String? { nil }
    func sessionsOpen(inProcess pid: Int32) -> Set<String> { [] }
}

extension ConversationGuard {
    func holder(of session: Session) -> Int32? { nil }
    func resumeDialogs(of session: Session) -> [Warning] { [] }
    func overwritten(_ findings: inout Findings) throws(StoreFailure) -> OldConversation? { nil }
}
