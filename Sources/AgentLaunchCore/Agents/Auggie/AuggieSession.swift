/// One session file of Auggie, as far as a decision needs it.
struct AuggieSession {
    static let history = "chatHistory"

    /// Whether the session is of the directory where this start is to run.
    enum Place: Equatable {
        case here, elsewhere
        /// Nothing in it names a directory.
        case unknown
    }

    let path: Path
    let id: String
    let query: StoreQuery
    /// Why it could not be read to its end.
    let fault: JSONFault?
    private let members: JSONValue
    private let hasHistory: Bool
    private var turns = 0
    private var exchanges = 0
    private var folders: [Path] = []
    private var terminals: [Path] = []
    private var isInterrupted = false
    private var latest: Timestamp?
    private(set) var firstMessage = Session.FirstMessage.none

    /// Nil if there is no such file.
    init?(_ path: Path, _ id: String, _ query: StoreQuery) throws(StoreFailure) {
        self.path = path
        self.id = id
        self.query = query
        var seen: [AuggieExchange] = []
        var first: AuggieExchange?
        var (turns, exchanges) = (0, 0)
        var (folders, terminals): ([Path], [Path]) = ([], [])
        var latest: Timestamp?
        let file = try JSONArrayFile.read(
            path,
            array: Self.history,
            AuggieExchange.fields,
            members: ["sessionId", "created", "modified", "title", "customTitle", "workspaceRoot"]
        ) { value in
            let exchange = AuggieExchange(value)
            exchanges += 1
            if exchange.isTurn { turns += 1 }
            if first == nil, exchange.isAsked { first = exchange }
            for folder in exchange.folders where !folders.contains(folder) { folders.append(folder) }
            if let terminal = exchange.terminal, !terminals.contains(terminal) { terminals.append(terminal) }
            latest = [latest, exchange.finishedAt].compactMap(\.self).max()
            seen = [exchange]
            return true
        }
        guard let file else { return nil }
        fault = file.fault
        members = file.members
        hasHistory = file.hasArray
        (self.turns, self.exchanges, self.folders, self.terminals) = (turns, exchanges, folders, terminals)
        self.latest = latest
        isInterrupted = seen.last?.isFinished == false
        if let first {
            firstMessage = Session.FirstMessage(isTask: query.task.flatMap(first.isTask))
        }
    }

    /// By the folder it worked in; where that is a repository around this directory, by the terminal's.
    func place(_ workdir: WorkdirMatcher) -> Place {
        if query.everywhere { return .here }
        if folders.contains(where: workdir.isHere) { return .here }
        let isAround = folders.contains { query.workdir.bytes.starts(with: $0.bytes + [UInt8(ascii: "/")]) }
        if isAround, terminals.contains(where: workdir.isHere) { return .here }
        // What is lost of it may have named the terminal's directory.
        if isAround, fault != nil { return .unknown }
        if !folders.isEmpty { return .elsewhere }
        guard let root = members["workspaceRoot"]?.text else { return .unknown }
        return workdir.isHere(Path(root)) ? .here : .elsewhere
    }

    /// Throws where Auggie might read something else than we do.
    func session(_ workdir: WorkdirMatcher) throws(StoreFailure) -> Session {
        if let fault { throw damaged(fault.clause) }
        guard members["sessionId"]?.text == id else {
            throw damaged("its ID does not match its file name")
        }
        guard hasHistory, exchanges == 0 || turns > 0 else {
            throw damaged("its conversation cannot be read")
        }
        func time(_ name: String) -> Timestamp? { members[name]?.text.flatMap { Timestamp($0) } }
        return Session(
            id: id,
            name: members["customTitle"]?.text ?? members["title"]?.text,
            directory: place(workdir) == .here && !query.everywhere
                ? query.workdir : folders.last ?? members["workspaceRoot"]?.text.map { Path($0) },
            store: path,
            // Releases before 0.27 wrote sessions without an exchange; whether one takes a prompt is not known.
            state: turns > 0 ? .resumable : .dead,
            messages: turns,
            startedAt: time("created"),
            updatedAt: [time("modified"), latest].compactMap(\.self).max() ?? time("created"),
            interrupted: turns > 0 ? isInterrupted : nil,
            firstMessage: firstMessage
        )
    }

    var description: String {
        turns == 0
            ? "no exchange"
            : "\(turns) exchange\(turns == 1 ? "" : "s")" + (isInterrupted ? ", the last one unfinished" : "")
    }

    private func damaged(_ why: String) -> StoreFailure {
        .damaged(path, why, nextStep: "restore it, or move it away")
    }
}
