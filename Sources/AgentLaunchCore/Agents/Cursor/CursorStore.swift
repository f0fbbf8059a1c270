/// Cursor's chats: a folder for each, in a folder named by the digest of the workspace's path, in one of several
/// roots.
final class CursorStore: SessionStore {
    private let query: StoreQuery
    private let folders: CursorDirectories
    private let key: String

    init(_ query: StoreQuery) {
        self.query = query
        folders = CursorDirectories(query)
        key = CursorDirectories.key(query.workdir)
    }

    var root: Path { folders.root }
    var places: [Path] { folders.roots }

    var watched: [Path] {
        let here = folders.chats(of: query.workdir)
        let chats = here.flatMap { folder in ((try? namesInDirectory(folder)) ?? []).map { folder / $0 } }
        return folders.roots.map(\.parent) + folders.roots + here + chats
    }

    func failure(_ findings: inout Findings) -> StoreFailure? {
        findings.failure(listing: folders.roots + folders.chats(of: query.workdir))
    }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        // Cursor begins a new chat, without a word, where the id is not in the folder of its workspace.
        var best: Session?
        var failure = failure(&findings)
        do throws(StoreFailure) {
            for folder in try allFolders() where try StoreEntry.at(folder / id) == .directory {
                do throws(StoreFailure) {
                    let chat = try CursorChat(folder / id, query)
                    chat.report(to: &findings)
                    guard folder.lastComponent == Bytes(key.utf8) || chat.session.directory != nil else {
                        throw StoreFailure(
                            path: folder / id,
                            kind: .unreadable,
                            why: "it belongs to another directory, which nothing in it names",
                            nextStep: "add the --workdir in which the chat began"
                        )
                    }
                    if best.map({ isBetter(chat.session, $0) }) ?? true { best = chat.session }
                } catch {
                    findings.saw(error)
                    failure = failure ?? error
                }
            }
        } catch {
            failure = failure ?? error
        }
        if let best, best.state == .resumable { return .found(best) }
        if let failure { return .unreadable(failure) }
        if let best { return .found(best) }
        findings.saw(root, .absent, "no chat \(id)")
        return .absent
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        var result = Candidates()
        var found: [Session] = []
        let here: [Path]
        do throws(StoreFailure) {
            here = query.everywhere ? try allFolders() : folders.chats(of: query.workdir)
        } catch {
            return Candidates(failures: [error])
        }
        for folder in here {
            for name in result.names(in: folder, orNote: "no chat of this directory", &findings) {
                do throws(StoreFailure) {
                    if let session = try candidate(folder / name, &findings) { found.append(session) }
                } catch {
                    result.add(error, &findings)
                }
            }
        }
        let roots = Set(found.map { $0.store.parent.parent.parent })
        if roots.count > 1 && !query.everywhere {
            findings.warn(
                "several-roots",
                "chats of this directory are in \(roots.sorted().map(\.description).joined(separator: " and ")): a "
                    + "release of cursor-agent reads only one of them"
            )
        }
        for other in folders.otherRoots.map({ $0 / key }) where (try? fileStatus(other)) != nil {
            findings.saw(other, .ignored, "CURSOR_CONFIG_DIR names another directory")
        }
        let best = Dictionary(found.map { ($0.id, $0) }) { isBetter($1, $0) ? $1 : $0 }
        result.sessions = Array(best.values)
        return result
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        let answer = try? SQLiteReader(session.store, patience: query.patience).read {
            (database) throws(SQLiteFailure) -> Bool? in
            var result: Bool? = false
            try CursorDatabase(database).messages { message in
                // What is not known may be the text.
                result.formOr(message.flatMap { $0.role == "user" ? $0.isTask(text) : false })
                return result != true
            }
            return result
        }
        return answer?.value ?? nil
    }

    /// The chat whose database a process has open, unless a sub-agent's: that began with something else than the task.
    func sessionID(openFile: Path) -> String? {
        let folder = openFile.parent
        guard openFile.lastComponent.starts(with: Bytes("store.db".utf8)),
            folder.parent.lastComponent == Bytes(key.utf8), let id = folder.lastComponent.text,
            Agent.cursor.isSessionID(id), let chat = try? CursorChat(folder, query),
            chat.session.origin == .user, query.task == nil || chat.session.firstMessage != .isOther
        else { return nil }
        return id
    }

    /// Nil if it is no chat that a person or a launcher could go on with.
    private func candidate(_ folder: Path, _ findings: inout Findings) throws(StoreFailure) -> Session? {
        guard try StoreEntry.at(folder) == .directory else { return nil }
        guard let name = folder.lastComponent.text, Agent.cursor.isSessionID(name) else {
            findings.ignore(folder, namedLikeNo: "chat", "chat-ignored")
            return nil
        }
        let chat = try CursorChat(folder, query)
        chat.report(to: &findings)
        if let doubt = chat.doubt { throw doubt }
        return chat.session.state == .resumable && chat.session.origin == .user ? chat.session : nil
    }

    /// Of one chat in two roots the one that was used last.
    private func isBetter(_ a: Session, _ b: Session) -> Bool {
        if a.state != b.state { return a.state == .resumable }
        return newestFirst(a, b)
    }

    /// Every workspace's folder, this one's first.
    private func allFolders() throws(StoreFailure) -> [Path] {
        var result = folders.chats(of: query.workdir)
        for root in folders.roots {
            let names = try StoreEntry.names(in: root).filter { $0.count == 32 && $0 != Bytes(key.utf8) }
            result += names.map { root / $0 }
        }
        return result
    }
}
