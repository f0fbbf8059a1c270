/// A conversation that an agent's store holds.
struct Session: Equatable, Sendable {
    enum State: Sendable {
        /// The agent accepts the id, and there is at least one user or assistant message.
        case resumable
        /// The agent accepts the id, but nothing was said yet: never warm, reused by a cold start.
        case empty
        /// It is there, and the agent refuses the id both for resuming and for creating.
        case dead
    }

    enum Origin: Sendable {
        case user, scheduled, subAgent, archived, other
    }

    /// What the first user message is, compared with the task of this start.
    enum FirstMessage: Sendable {
        case isTask, isOther
        /// There is no user message.
        case none
        /// It cannot be read, or there was no task to compare it with.
        case unknown

        /// - Parameter isTask: nil if that cannot be told
        init(isTask: Bool?) {
            self = isTask.map { $0 ? .isTask : .isOther } ?? .unknown
        }
    }

    /// The agent's own id, checked against the agent's form of ids.
    var id: String
    var name: String?
    /// Where the agent runs when this is resumed; nil if the store does not tell.
    var directory: Path?
    /// The file that holds it.
    var store: Path
    var state: State
    var origin: Origin = .user
    /// User and assistant messages; nil where counting would mean reading the whole of a large file.
    var messages: Int?
    var startedAt: Timestamp?
    /// The latest activity recorded inside the store.
    var updatedAt: Timestamp?
    /// The last turn has no finished answer.
    var interrupted: Bool?
    var firstMessage: FirstMessage = .unknown
}

extension StoreFailure {
    /// A conversation that may be anybody's.
    static func placeless(_ session: Session) -> StoreFailure {
        .damaged(
            session.store,
            "it has a conversation, but nothing in it names a directory",
            nextStep: "resume it with --resume \(session.id), or pass --fresh"
        )
    }
}

/// What the store says about one id.
enum Lookup: Equatable, Sendable {
    case found(Session)
    case absent
    case unreadable(StoreFailure)
}

/// What the derived ids of one name lead to (docs/specification.md#derived-ids).
struct Derivation: Equatable, Sendable {
    /// The resumable one that counts.
    var resumable: Session?
    /// The resumable one has a higher number than what the record names: a start made it whose record was lost.
    var isBeyondRecord = false
    /// One without messages that a cold start reuses.
    var empty: Session?
    /// A try that could not be read reliably.
    var failure: StoreFailure?
    /// What a cold start with a new conversation creates.
    var new = NewSession()
}

/// The id or name that a cold start passes to the agent; both nil where the agent chooses the id itself.
struct NewSession: Equatable, Sendable {
    var id: String?
    var name: String?
    /// Where the agent is told to keep it, if it is told.
    var file: Path?
}

/// The conversations of one directory.
struct Candidates: Equatable, Sendable {
    /// Resumable ones of this directory that a person or a launcher started: no sub-agents, archived or scheduled.
    var sessions: [Session] = []
    /// What may belong to this directory and could not be read.
    var failures: [StoreFailure] = []
}

extension Candidates {
    /// Takes a resumable session that is wanted, or why one cannot be read.
    mutating func add(_ lookup: Lookup, where isWanted: (Session) -> Bool = { _ in true }) {
        switch lookup {
        case .found(let session):
            if session.state == .resumable, isWanted(session) { sessions.append(session) }
        case .unreadable(let failure): failures.append(failure)
        case .absent: break
        }
    }

    mutating func add(_ failure: StoreFailure, _ findings: inout Findings) {
        findings.saw(failure)
        failures.append(failure)
    }

    /// The names in a folder of the store. That there are none is noted, and why it cannot be listed.
    mutating func names(in folder: Path, orNote absence: String, _ findings: inout Findings) -> [Bytes] {
        do throws(StoreFailure) {
            let names = try StoreEntry.names(in: folder)
            if names.isEmpty { findings.saw(folder, .absent, absence) }
            return names
        } catch {
            add(error, &findings)
            return []
        }
    }
}

/// By the latest activity recorded inside the store, then by id.
func newestFirst(_ a: Session, _ b: Session) -> Bool {
    (a.updatedAt?.milliseconds ?? .min, a.id) > (b.updatedAt?.milliseconds ?? .min, b.id)
}
