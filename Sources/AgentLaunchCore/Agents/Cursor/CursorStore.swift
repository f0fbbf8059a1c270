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

    func place(of session: Session) -> Path {
        places.first { session.store.bytes.starts(with: ($0 / "").bytes) } ?? root
    }

    var watched: [Path] {
        let here = folders.chats(of: query.workdir)
        let chats = here.flatMap { folder in ((try? namesInDirectory(folder)) ?? []).map { folder / $0 } }
        return folders.roots.map(\.parent) + folders.roots + here + chats
    }

    func trouble(_ findings: inout Findings) -> StoreFailure? {
        for folder in folders.roots + folders.chats(of: query.workdir) {
            do throws(StoreFailure) { _ = try StoreEntry.names(in: folder) } catch {
                findings.saw(error.path, .unreadable, error.why)
                return error
            }
        }
        return nil
    }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        // Cursor begins a new chat, without a word, where the id is not in the folder of its workspace.
        var best: Session?
        var trouble = self.trouble(&findings)
        do throws(StoreFailure) {
            for folder in try allFolders() where try StoreEntry.at(folder / id) == .directory {
                do throws(StoreFailure) {
                    let chat = try CursorChat(folder / id, query)
                    chat.report(to: &findings)
                    guard folder.lastComponent == Bytes(key.utf8) || chat.session.directory != nil else {
                        throw StoreFailure(
                            path: folder / id,
                            kind: .unreadable,
                            why: "it is another directory's, and nothing in it names which",
                            nextStep: "add the --workdir that the chat was begun in"
                        )
                    }
                    if best.map({ isBetter(chat.session, $0) }) ?? true { best = chat.session }
                } catch {
                    findings.saw(error.path, error.kind == .damaged ? .damaged : .unreadable, error.why)
                    trouble = trouble ?? error
                }
            }
        } catch {
            trouble = trouble ?? error
        }
        if let best, best.state == .resumable { return .found(best) }
        if let trouble { return .unreadable(trouble) }
        if let best { return .found(best) }
        findings.saw(root, .absent, "no chat \(id)")
        return .absent
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        var result = Candidates()
        var roots: Set<Path> = []
        var chosen: [String: Session] = [:]
        let here: [Path]
        do throws(StoreFailure) {
            here = query.everywhere ? try allFolders() : folders.chats(of: query.workdir)
        } catch {
            return Candidates(troubles: [error])
        }
        for folder in here {
            do throws(StoreFailure) {
                let names = try StoreEntry.names(in: folder)
                if names.isEmpty { findings.saw(folder, .absent, "no chat of this directory") }
                for name in names { look(folder / name, &chosen, &roots, &result.troubles, &findings) }
            } catch {
                findings.saw(error.path, .unreadable, error.why)
                result.troubles.append(error)
            }
        }
        if roots.count > 1 && !query.everywhere {
            findings.warn(
                "several-roots",
                "chats of this directory are in \(roots.sorted().map(\.description).joined(separator: " and ")): a "
                    + "release of cursor-agent reads only one of them"
            )
        }
        for other in folders.otherRoots.map({ $0 / key }) where (try? fileStatus(other)) != nil {
            findings.saw(other, .ignored, "CURSOR_CONFIG_DIR names another folder")
        }
        result.sessions = Array(chosen.values)
        return result
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        var result: Bool? = false
        do throws(StoreFailure) {
            let answer = try CursorChat.reader(session.store, query).read {
                (database) throws(SQLiteFailure) in
                result = false
                try CursorDatabase(database).messages { message in
                    guard let message else {
                        result = nil
                        return true
                    }
                    guard message.role == "user" else { return true }
                    switch message.isTask(text) {
                    case true?: result = true
                    case nil: result = nil
                    case false?: break
                    }
                    return result != true
                }
                return result
            }
            if case .read(let found, _) = answer { return found }
            return nil
        } catch {
            return nil
        }
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

    private func look(
        _ folder: Path,
        _ chosen: inout [String: Session],
        _ roots: inout Set<Path>,
        _ troubles: inout [StoreFailure],
        _ findings: inout Findings
    ) {
        do throws(StoreFailure) {
            guard try StoreEntry.at(folder) == .directory else { return }
            guard let name = folder.lastComponent.text, Agent.cursor.isSessionID(name) else {
                findings.saw(folder, .ignored, "its name is no chat's id")
                findings.warn("chat-ignored", "\(folder) is no chat: its name is not of the form of an id")
                return
            }
            let chat = try CursorChat(folder, query)
            chat.report(to: &findings)
            if let doubt = chat.doubt { throw doubt }
            guard chat.session.state == .resumable, chat.session.origin == .user else { return }
            roots.insert(folder.parent.parent)
            if chosen[name].map({ isBetter(chat.session, $0) }) ?? true { chosen[name] = chat.session }
        } catch {
            findings.saw(error.path, error.kind == .damaged ? .damaged : .unreadable, error.why)
            troubles.append(error)
        }
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
