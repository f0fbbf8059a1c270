/// Everything in goose's store that a decision needs, read at one moment.
struct GooseSnapshot {
    /// A session of this directory that goose would stumble over.
    struct Unusable {
        var id: String
        var name: String
        var origin: Session.Origin
        var failure: StoreFailure
    }

    /// The sessions of this directory.
    var sessions: [Session] = []
    var unusable: [Unusable] = []
    /// Rows of other directories.
    var elsewhere: [GooseDatabase.Row] = []
    /// Why there may have been more.
    var doubt: StoreFailure?
}

/// Reads goose's database, or the files of before, for one directory.
final class GooseReader {
    private let query: StoreQuery
    private let folders: GooseDirectories
    private let workdir: WorkdirMatcher

    init(_ query: StoreQuery, _ folders: GooseDirectories) {
        self.query = query
        self.folders = folders
        workdir = WorkdirMatcher(query)
    }

    /// What one look at the database gave.
    private struct Found {
        var here: [(row: GooseDatabase.Row, content: GooseDatabase.Content)] = []
        var elsewhere: [GooseDatabase.Row] = []
        /// Why it is no store of goose's.
        var foreign: String?
        /// Goose has yet to make its tables.
        var isBlank = false
    }

    func snapshot(_ findings: inout Findings) throws(StoreFailure) -> GooseSnapshot {
        let answer = try database.read { (database) throws(SQLiteFailure) in
            let goose = try GooseDatabase(database)
            var found = Found()
            found.foreign = try goose.foreign()
            if found.foreign != nil { return found }
            found.isBlank = try !database.hasTables()
            for row in try goose.rows() {
                if workdir.isHere(row.directory) {
                    found.here.append((row, try goose.content(of: row.id)))
                } else {
                    found.elsewhere.append(row)
                }
            }
            return found
        }
        switch answer {
        case .absent, .empty:
            findings.saw(folders.database, .absent, "no database yet")
            return try legacySessions(&findings)
        case .read(let found, let sidecars):
            sidecars.report(to: &findings)
            if let foreign = found.foreign {
                let next = "update agentlaunch, or restore the store"
                throw .damaged(folders.database, foreign, nextStep: next)
            }
            if found.isBlank, sidecars.doubt == nil {
                // As if there were none: goose makes the tables, and imports the files of before.
                findings.saw(folders.database, .absent, "a database without tables")
                return try legacySessions(&findings)
            }
            var result = GooseSnapshot(elsewhere: found.elsewhere, doubt: sidecars.doubt)
            for (row, content) in found.here {
                let id = row.id.lossyText
                do throws(StoreFailure) {
                    result.sessions.append(try session(row, id, content))
                } catch {
                    let name = row.name.lossyText
                    result.unusable.append(
                        GooseSnapshot.Unusable(id: id, name: name, origin: origin(row), failure: error)
                    )
                }
            }
            findings.saw(
                folders.database,
                .ok,
                "\(found.here.count) sessions of this directory, \(found.elsewhere.count) of others"
            )
            return result
        }
    }

    private func legacySessions(_ findings: inout Findings) throws(StoreFailure) -> GooseSnapshot {
        let legacy = GooseLegacy(folder: folders.sessions)
        var result = GooseSnapshot()
        for id in try legacy.ids() {
            do throws(StoreFailure) {
                guard let session = try legacy.session(id, query.task, &findings) else { continue }
                guard let directory = session.directory, workdir.isHere(directory) else { continue }
                findings.saw(session.store, .ok, "a session that goose imports when it creates its database")
                result.sessions.append(session)
            } catch {
                findings.saw(error)
                result.unusable.append(
                    GooseSnapshot.Unusable(id: id, name: id, origin: .user, failure: error)
                )
            }
        }
        return result
    }

    private var database: SQLiteReader { SQLiteReader(folders.database, patience: query.patience) }

    /// Nil if there is no database any more.
    func read<Value>(
        _ body: (GooseDatabase) throws(SQLiteFailure) -> Value
    ) throws(StoreFailure) -> Value? {
        try database.read { (database) throws(SQLiteFailure) in try body(GooseDatabase(database)) }.value
    }

    func session(
        _ row: GooseDatabase.Row,
        _ id: String,
        _ content: GooseDatabase.Content
    ) throws(StoreFailure) -> Session {
        guard row.id.text != nil, Agent.goose.isSessionID(id) else {
            throw damaged("a session of this directory has an ID that goose does not make")
        }
        if content.count > 0 && !content.hasTurn {
            throw damaged("the messages of session \(id) are neither a user's nor an assistant's")
        }
        return Session(
            id: id,
            name: row.name.lossyText,
            directory: row.directory,
            store: folders.database,
            state: content.hasTurn ? .resumable : .empty,
            origin: origin(row),
            messages: content.count,
            startedAt: row.created.flatMap { Timestamp($0) },
            updatedAt: content.latest ?? row.updated.flatMap { Timestamp($0) },
            interrupted: content.last?.leavesTurnOpen,
            firstMessage: GooseMessage.firstMessage(content.first, query.task)
        )
    }

    private func damaged(_ why: String) -> StoreFailure {
        .damaged(folders.database, why)
    }

    private func origin(_ row: GooseDatabase.Row) -> Session.Origin {
        switch row.type {
        case "user": row.isArchived ? .archived : .user
        case "scheduled": .scheduled
        case "sub_agent": .subAgent
        default: .other
        }
    }
}
