/// One chat's folder: `store.db`, and in newer releases `meta.json`.
struct CursorChat {
    private static let fields: JSONFields = [
        "hasConversation", "isSubagent", "createdAtMs", "updatedAtMs", "title", "cwd",
    ]

    private(set) var session: Session
    /// Why it cannot be told whether this is somebody's conversation.
    private(set) var doubt: StoreFailure?
    private var finding = ""
    private var isIncomplete = false

    /// Throws where something was said, or may have been, and cannot be read.
    init(_ folder: Path, _ query: StoreQuery) throws(StoreFailure) {
        let file = folder / "store.db"
        session = Session(id: folder.lastComponent.lossyText, store: file, state: .dead, firstMessage: .none)
        let meta = try Self.meta(folder / "meta.json", &doubt)
        let isSubAgent = meta?["isSubagent"]?.flag == true
        let saysTalk = meta?["hasConversation"]?.flag == true
        func time(_ numbers: Int64?...) -> Timestamp? {
            numbers.compactMap(\.self).max().map { Timestamp(milliseconds: $0) }
        }
        session.startedAt = time(meta?["createdAtMs"]?.integer)
        session.updatedAt = time(meta?["updatedAtMs"]?.integer, meta?["createdAtMs"]?.integer)
        session.name = meta?["title"]?.text
        session.directory = Self.directory(folder, query, meta?["cwd"]?.text.map { Path($0) })
        if isSubAgent {
            session.origin = .subAgent
            finding = "a sub-agent's chat"
            return
        }

        let answer = try SQLiteReader(file, patience: query.patience).read {
            (database) throws(SQLiteFailure) in
            try CursorDatabase(database).content()
        }
        var content = CursorDatabase.Content()
        switch answer {
        case .absent:
            // Cursor would begin a new chat under this id, without a word.
            isIncomplete = saysTalk
            finding =
                saysTalk
                ? "a chat whose store.db is missing: Cursor does not find it" : "a chat without store.db"
            return
        case .empty: break
        case .read(let found, let sidecars):
            content = found
            if !found.hasTurn, let doubt = sidecars.doubt { throw doubt }
        }
        if !content.hasTurn && (saysTalk || content.lacksParts) {
            throw damaged(file, "its messages are missing, although it had a conversation")
        }
        session.startedAt = session.startedAt ?? time(content.createdAt)
        session.updatedAt = time(session.updatedAt?.milliseconds, content.updatedAt, content.createdAt)
        session.name = session.name ?? content.name
        session.directory = session.directory ?? Self.directory(folder, query, content.workspace)
        session.state = content.hasTurn ? .resumable : .empty
        session.interrupted = content.hasTurn ? content.last?.leavesTurnOpen : nil
        session.firstMessage = Self.firstMessage(content, query.task)
        finding = content.hasTurn ? "a chat with messages" : "a chat without a message"
        if session.state == .empty { doubt = nil }
    }

    func report(to findings: inout Findings) {
        let isOurs = session.state == .resumable && session.origin == .user
        findings.saw(session.store, isOurs ? .ok : isIncomplete ? .damaged : .ignored, finding)
        if isIncomplete {
            findings.warn(
                "chat-incomplete",
                "\(session.store) is missing: Cursor would start a new chat instead of chat \(session.id)"
            )
        }
    }

    /// Nil if there is none, as in older releases.
    private static func meta(_ file: Path, _ doubt: inout StoreFailure?) throws(StoreFailure) -> JSONValue? {
        guard let record = try reading(file, try JSONRecord.of(file: file, fields)) else { return nil }
        let value = record.value?.members == nil ? nil : record.value
        let flag = value?["isSubagent"]
        if value == nil || flag != nil && flag != .null && flag?.flag == nil {
            doubt = damaged(file, "it does not say whether this is a sub-agent's chat")
        }
        return value
    }

    /// The directory that a chat is of: its folder's name is the digest of it.
    private static func directory(_ folder: Path, _ query: StoreQuery, _ said: Path?) -> Path? {
        let key = folder.parent.lastComponent
        return [query.workdir, said].compactMap(\.self).first { Bytes(CursorDirectories.key($0).utf8) == key }
    }

    private static func firstMessage(
        _ content: CursorDatabase.Content,
        _ task: TaskText?
    ) -> Session.FirstMessage {
        guard content.hasTurn else { return .none }
        let isTask = task.flatMap { content.first?.isTask($0) }
        return Session.FirstMessage(isTask: isTask == false && content.lacksParts ? nil : isTask)
    }
}

private func damaged(_ file: Path, _ why: String) -> StoreFailure {
    .damaged(file, why, nextStep: "restore the chat's directory, or pass --fresh")
}
