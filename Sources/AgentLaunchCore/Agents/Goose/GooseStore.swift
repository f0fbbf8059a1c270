/// Goose's sessions: the database, or the files that goose will import into it.
final class GooseStore: SessionStore {
    private let query: StoreQuery
    private let folders: GooseDirectories
    private let names: GooseNames
    private var snapshot = StoreSnapshot<GooseSnapshot>()
    private let reader: GooseReader

    init(_ query: StoreQuery) {
        self.query = query
        folders = GooseDirectories(query)
        names = GooseNames(workdir: query.workdir, name: query.name)
        reader = GooseReader(query, folders)
    }

    var root: Path { folders.sessions }
    var watched: [Path] { [folders.sessions, folders.sessions.parent] }

    func failure(_ findings: inout Findings) -> StoreFailure? {
        switch load(&findings) {
        case .success(let snapshot): snapshot.doubt
        case .failure(let failure): failure
        }
    }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        switch load(&findings) {
        case .failure(let failure): return .unreadable(failure)
        case .success(let snapshot):
            if let row = snapshot.unusable.first(where: { $0.id == id }) { return .unreadable(row.failure) }
            if let session = snapshot.sessions.first(where: { $0.id == id }) {
                return doubted(session, snapshot)
            }
            guard let row = snapshot.elsewhere.first(where: { $0.id == Bytes(id.utf8) }) else {
                return snapshot.doubt.map { .unreadable($0) } ?? .absent
            }
            do throws(StoreFailure) {
                let content = try reader.read { (goose) throws(SQLiteFailure) in try goose.content(of: row.id)
                }
                guard let content else { return .absent }
                return doubted(try reader.session(row, id, content), snapshot)
            } catch {
                return .unreadable(error)
            }
        }
    }

    func derived(_ findings: inout Findings) -> Derivation {
        switch load(&findings) {
        case .failure(let failure):
            let (_, next) = GooseNames.reachable(Set(query.recorded.compactMap { names.number(of: $0) }))
            return Derivation(failure: failure, new: NewSession(name: names.name(next)))
        case .success(let snapshot): return derivation(snapshot)
        }
    }

    func isDerived(_ session: Session, from name: String) -> Bool {
        let names = GooseNames(workdir: query.workdir, name: name)
        let own = [session.name, session.id].compactMap(\.self)
        return own.contains { names.number(of: $0) != nil || $0 == names.plain }
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        switch load(&findings) {
        case .failure(let failure): return Candidates(failures: [failure])
        case .success(let snapshot):
            return Candidates(
                sessions: snapshot.sessions.filter { $0.state == .resumable && $0.origin == .user },
                failures: [snapshot.doubt].compactMap(\.self)
                    + snapshot.unusable.filter { $0.origin == .user }.map(\.failure)
            )
        }
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        if session.store != folders.database {
            return GooseLegacy(folder: root).contains(text, session.store)
        }
        let found = try? reader.read { (goose) throws(SQLiteFailure) -> Bool? in
            var result: Bool? = false
            try goose.messages(of: Bytes(session.id.utf8)) { message in
                result.formOr(message.isTask(text))
                return result != true
            }
            return result
        }
        return found ?? nil
    }

    private func load(_ findings: inout Findings) -> Result<GooseSnapshot, StoreFailure> {
        snapshot.load(&findings, reader.snapshot)
    }

    // MARK: Names

    private func doubted(_ session: Session, _ snapshot: GooseSnapshot) -> Lookup {
        if session.state != .resumable, let doubt = snapshot.doubt { return .unreadable(doubt) }
        return .found(session)
    }

    private func derivation(_ snapshot: GooseSnapshot) -> Derivation {
        // By name goose takes a person's, a scheduled and an archived session.
        let named = snapshot.sessions.filter { $0.origin.isFoundByName }
        let numbers = named.compactMap(number) + query.recorded.compactMap { names.number(of: $0) }
        let (reachable, next) = GooseNames.reachable(Set(numbers))
        let ours = named.filter { number($0).map(reachable.contains) == true }.sorted { a, b in
            let (left, right) = (number(a) ?? 0, number(b) ?? 0)
            return left == right ? newestFirst(a, b) : left > right
        }
        let plain = named.filter { number($0) == nil && ($0.name == names.plain || $0.id == names.plain) }
            .sorted(by: newestFirst)
        var result = Derivation(
            resumable: (ours + plain).first { $0.state == .resumable },
            empty: (ours + plain).first { $0.state == .empty },
            new: NewSession(name: names.name(next))
        )
        let recorded = query.recorded.compactMap { names.number(of: $0) }.max()
        if let recorded, let number = result.resumable.flatMap(number) {
            result.isBeyondRecord = number > recorded
        }
        // One that cannot be read and would count before the one that can leaves it open which is meant.
        // A session of the plain name counts after every numbered one.
        func rank(_ number: Int?) -> Int { number ?? -1 }
        let lowest = result.resumable.map { rank(number($0)) } ?? -2
        let unusable = snapshot.unusable.first { row in
            let number = [row.id, row.name].compactMap { names.number(of: $0) }.max()
            let isOurs = number != nil || [row.id, row.name].contains { $0 == names.plain }
            return row.origin.isFoundByName && isOurs && rank(number) > lowest
        }
        if let unusable {
            result.resumable = nil
            result.failure = unusable.failure
        }
        return result
    }

    private func number(_ session: Session) -> Int? {
        [session.name ?? "", session.id].compactMap { names.number(of: $0) }.max()
    }
}

extension Session.Origin {
    fileprivate var isFoundByName: Bool { self == .user || self == .scheduled || self == .archived }
}
