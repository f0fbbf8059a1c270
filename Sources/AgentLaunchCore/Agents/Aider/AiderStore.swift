/// Aider's conversations: chat history files of ours in the conversation's own directory, or the project's own if it
/// was taken over.
final class AiderStore: SessionStore {
    private let query: StoreQuery
    /// The conversation's own directory.
    let root: Path
    private let project: Path

    init(_ query: StoreQuery) {
        self.query = query
        root =
            query.conversation
            ?? StateDirectory(environment: query.environment, home: query.home)
            .conversation(agent: Agent.aider.name, name: query.name, workdir: query.workdir)
        project = AiderHistory.ofProject(query)
    }

    var watched: [Path] { [root, project.parent] + takenOver.map(\.parent) }

    /// What was taken over stays this conversation's, also where Aider would keep its own elsewhere by now: a
    /// repository was made around the directory, or its settings name another file.
    private var takenOver: [Path] {
        query.recorded.map { Path($0) }.filter {
            $0 == project
                || $0.isAbsolute && $0.parent != root && number(of: $0.lastComponent.lossyText) == nil
        }.sorted()
    }

    func failure(_ findings: inout Findings) -> StoreFailure? {
        findings.failure(listing: [root])
    }

    /// The id is the file's path: nothing that Aider knows, but one file is one conversation.
    func find(_ id: String, _ findings: inout Findings) -> Lookup { look(Path(id), &findings) }

    /// `chat.md`, `chat-2.md` …, the highest first; before them a project's own once it was taken over.
    func derived(_ findings: inout Findings) -> Derivation {
        var result = Derivation()
        var numbers: [Int]
        do throws(StoreFailure) {
            numbers = try StoreEntry.names(in: root).compactMap { number(of: $0.lossyText) }
        } catch {
            findings.saw(error)
            return Derivation(failure: error)
        }
        let recorded = query.recorded.compactMap { number(of: $0) }
        let next = ((numbers + recorded).max() ?? 0) + 1
        result.new = NewSession(name: name(next), file: root / name(next))
        for history in takenOver {
            switch look(history, &findings) {
            case .unreadable(let failure):
                result.failure = failure
                return result
            case .found(let session) where session.state == .resumable:
                result.resumable = session
                return result
            case .found, .absent: break
            }
        }
        numbers.sort(by: >)
        for number in numbers where result.resumable == nil {
            switch look(root / name(number), &findings) {
            case .absent: break
            case .unreadable(let failure):
                result.failure = failure
                result.empty = nil
                return result
            case .found(let session):
                if session.state == .resumable {
                    result.resumable = session
                    result.isBeyondRecord = recorded.max().map { number > $0 } ?? false
                }
                if session.state == .empty, result.empty == nil { result.empty = session }
            }
        }
        return result
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        var result = Candidates()
        for path in files(&findings) { result.add(look(path, &findings)) }
        return result
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        let history = try? AiderHistory(session.store, text, stopsAtTask: true)
        return history.flatMap { $0.doubt == nil ? $0.contains : nil }
    }

    /// The conversation's own, for a list those of every name or of every directory, and the project's.
    private func files(_ findings: inout Findings) -> [Path] {
        let own = ConversationDirectory(path: root, workdir: query.workdir)
        let others = query.otherConversations.filter {
            query.everywhere || ($0.workdir == query.workdir && $0.path != root)
        }
        var paths: [Path] = []
        for folder in (query.everywhere ? [] : [own]) + others {
            let names = (try? namesInDirectory(folder.path)) ?? []
            for name in names where number(of: name.lossyText) != nil {
                paths.append(folder.path / name)
                directories[folder.path / name] = folder.workdir
            }
        }
        return paths + [project]
    }

    private var directories: [Path: Path] = [:]

    private func look(_ path: Path, _ findings: inout Findings) -> Lookup {
        do throws(StoreFailure) {
            switch try StoreEntry.at(path) {
            case .absent:
                findings.saw(path, .absent, "no chat history")
                return .absent
            case .file: break
            case .directory, .other: throw damaged(path, "it is not a regular file")
            }
            let history = try reading(path, try AiderHistory(path, query.task))
            if let doubt = history.doubt { throw damaged(path, doubt) }
            let found = Session(
                id: path.description,
                name: path.lastComponent.lossyText,
                directory: directories[path] ?? query.workdir,
                store: path,
                state: history.state,
                messages: history.messages,
                // What it notes of time has no zone.
                updatedAt: history.modified,
                interrupted: history.interrupted,
                firstMessage: history.firstMessage
            )
            findings.saw(
                path,
                found.state == .resumable ? .ok : .ignored,
                found.state == .resumable
                    ? "\(history.messages) message\(history.messages == 1 ? "" : "s")"
                        + (history.interrupted == true ? ", the last one unanswered" : "")
                    : "no message"
            )
            return .found(found)
        } catch {
            findings.saw(error)
            return .unreadable(error)
        }
    }

    private func name(_ number: Int) -> String { number == 1 ? "chat.md" : "chat-\(number).md" }

    private func number(of name: String) -> Int? {
        if name == "chat.md" { return 1 }
        guard let digits = name.part(after: "chat-", before: ".md"), let number = Int(digits),
            2...999_999 ~= number, self.name(number) == name
        else { return nil }
        return number
    }

    private func damaged(_ path: Path, _ why: String) -> StoreFailure {
        .damaged(path, why, nextStep: "look at it, and move it away")
    }
}
