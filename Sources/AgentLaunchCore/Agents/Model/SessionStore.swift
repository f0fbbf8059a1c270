/// A directory of agentlaunch's own, and where its conversation runs.
struct ConversationDirectory: Equatable, Sendable {
    var path: Path
    var workdir: Path
}

/// What a store needs to know to answer for one conversation. Plain values: a store never asks the process.
struct StoreQuery: Sendable {
    var environment: Environment
    /// `$HOME`.
    var home: Path
    /// Physical path of the directory where the agent is to run.
    var workdir: Path
    /// The conversation's name, `default` unless given.
    var name: String
    /// `candidates` are those of every directory: for lists, never for a start.
    var everywhere = false
    /// Where agentlaunch keeps the agent's other conversations, for agents whose files are there: for lists, never for a
    /// start.
    var otherConversations: [ConversationDirectory] = []
    /// The conversation's own directory, for agents that keep theirs there.
    var conversation: Path?
    /// Ids and names that the record of this conversation holds: a try among them counts as having a trace.
    var recorded: Set<String> = []
    /// The task of this start, if there is one.
    var task: TaskText?
    /// How many milliseconds a busy store is waited for.
    var patience: Int64 = 10_000
}

/// One agent's sessions on disk, read and never written. Every method says in `findings` what it looked at.
protocol SessionStore: AnyObject {
    /// The directory or database that everything depends on: the record remembers it, and notices when it is gone.
    var root: Path { get }

    /// Every place that a conversation may be kept in: more than the root where an agent has several stores.
    var places: [Path] { get }

    /// Which of them holds the session.
    func place(of session: Session) -> Path

    /// Nil if the root is readable or absent; otherwise why the whole store cannot be read.
    func trouble(_ findings: inout Findings) -> StoreFailure?

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

    /// The process that has the session open now, if that is provable; never a recycled or foreign pid.
    func holder(of session: Session) -> Int32?

    /// What the agent will ask before it resumes the session, though nobody holds it.
    func resumeDialogs(of session: Session) -> [Warning]

    /// What a cold start in this directory would overwrite, whatever is known of it; nil if nothing.
    func overwritten(_ findings: inout Findings) throws(StoreFailure) -> OldConversation?

    /// Folders in which a change may mean a new session or message; they need not exist yet.
    var watched: [Path] { get }

    /// The id of the session that an open file of the agent's process belongs to.
    func sessionID(openFile: Path) -> String?

    /// Folders in which a file comes or is written when the agent's process goes over to another session; empty where
    /// no certain sign of that is known.
    var signs: [Path] { get }

    /// The sessions that a process has open, by signs of its own making: a lock or a file that it holds, its entry in
    /// a register.
    func sessionsOpen(inProcess pid: Int32) -> Set<String>
}

extension SessionStore {
    var places: [Path] { [root] }
    func place(of session: Session) -> Path { places.first(where: session.store.isInside) ?? root }
    func derived(_ findings: inout Findings) -> Derivation { Derivation() }
    func isDerived(_ session: Session, from name: String) -> Bool { false }
    func legacy(_ findings: inout Findings) -> Lookup { .absent }
    func holder(of session: Session) -> Int32? { nil }
    func resumeDialogs(of session: Session) -> [Warning] { [] }
    func overwritten(_ findings: inout Findings) throws(StoreFailure) -> OldConversation? { nil }
    func sessionID(openFile: Path) -> String? { nil }
    var signs: [Path] { [] }
    func sessionsOpen(inProcess pid: Int32) -> Set<String> { [] }
}
