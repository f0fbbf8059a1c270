import Glibc

/// Codex's rollouts, one file for each thread.
final class CodexStore: SessionStore {
    let query: StoreQuery
    let home: CodexHome
    private let workdir: WorkdirMatcher

    init(_ query: StoreQuery) {
        self.query = query
        workdir = WorkdirMatcher(query)
        home = CodexHome(query.environment, home: query.home, workdir: query.workdir)
    }

    var root: Path { home.sessions }

    func failure(_ findings: inout Findings) -> StoreFailure? {
        if let failure = findings.failure(listing: [home.path, home.sessions]) { return failure }
        do throws(Errno) { _ = try namesInDirectory(home.path) } catch {
            // Nothing is below a file, but that is no reason to believe that nothing was.
            guard error.code == ENOTDIR else { return nil }
            let failure = StoreFailure(home.path, error)
            findings.saw(failure)
            return failure
        }
        return nil
    }

    func find(_ id: String, _ findings: inout Findings) -> Lookup {
        let tree = CodexRolloutTree(home.sessions)
        var other: Session?
        var failure = tree.failures.first
        for file in tree.files(of: id) {
            do throws(Errno) {
                let session = file.isCompressed ? packed(file) : try read(file, in: tree)
                findings.saw(file.path, session.state == .resumable ? .ok : .ignored, Self.finding(session))
                if session.state == .resumable { return .found(session) }
                if other?.state != .empty { other = session }
            } catch {
                let unreadable = StoreFailure(file.path, error)
                findings.saw(unreadable)
                if error.code != ENOENT { failure = unreadable }
            }
        }
        if let failure { return .unreadable(failure) }
        if let other { return .found(other) }
        if let file = CodexRolloutTree(home.archived).files(of: id).first {
            findings.saw(file.path, .ignored, "it is archived; `codex unarchive \(file.id)` restores it")
            return .found(Session(id: file.id, store: file.path, state: .dead, origin: .archived))
        }
        findings.saw(home.sessions, .absent, "no rollout of thread \(id)")
        return .absent
    }

    func contains(_ text: TaskText, in session: Session) -> Bool? {
        guard let file = CodexRolloutFile(session.store), !file.isCompressed else { return nil }
        return contains(text, in: file, CodexRolloutTree(home.sessions), ancestors: 8)
    }

    func holder(of session: Session) -> Int32? {
        LockHolder(home.writerLocks / "\(session.id).lock").holder()
    }

    var watched: [Path] {
        let folders = CodexRolloutTree(home.sessions).folders
        return [home.path, home.writerLocks] + (folders.isEmpty ? [home.sessions] : folders.sorted())
    }

    /// A process holds the lock of a thread from its start, the rollout from the first message; both also for the
    /// threads of its sub-agents, which are none of ours.
    func sessionID(openFile: Path) -> String? {
        let id: String
        if let file = CodexRolloutFile(openFile) {
            guard isInside(openFile, home.sessions) else { return nil }
            id = file.id
        } else {
            guard let name = openFile.lastComponent.text?.part(before: ".lock"), CodexHome.isThreadID(name),
                isInside(openFile, home.writerLocks)
            else { return nil }
            id = name.lowercased()
        }
        var ignored = Findings()
        if case .found(let session) = find(id, &ignored), session.origin != .user { return nil }
        return id
    }

    /// The lock of a thread comes when a process opens it; before 0.147 there is only the rollout, from the first
    /// message on, in the latest day's folder.
    var switchMarkers: [Path] {
        var folders = [home.writerLocks, home.sessions]
        var latest = CodexRolloutTree(home.sessions).folders.max() ?? home.sessions
        while latest != home.sessions, latest.parent != latest {
            folders.append(latest)
            latest = latest.parent
        }
        return folders
    }

    /// Codex keeps a thread open that it has left by `/new`. Others it only reads, for its list of them.
    func sessionsOpen(inProcess pid: Int32) -> Set<String> {
        Set(openFiles(of: pid, forWriting: true).compactMap(sessionID(openFile:)))
    }

    // MARK: One rollout

    /// The thread as it stands; dead if Codex refuses its id.
    func read(_ file: CodexRolloutFile, in tree: CodexRolloutTree) throws(Errno) -> Session {
        guard let session = try read(file, in: tree, wanted: { _ in true }) else {
            return Session(id: file.id, store: file.path, state: .dead)
        }
        return session
    }

    /// Nil if the thread's directory is not wanted: then only as much is read as tells that.
    func read(
        _ file: CodexRolloutFile,
        in tree: CodexRolloutTree,
        wanted: (String) -> Bool
    ) throws(Errno) -> Session? {
        guard let status = try fileStatus(file.path) else { throw Errno(code: ENOENT) }
        guard status.isRegularFile else { return Session(id: file.id, store: file.path, state: .dead) }
        let rollout = try CodexRollout(file)
        let tail = try rollout.tail(wanted)
        if let directory = tail.directory, !wanted(directory) { return nil }
        guard case .head(let head) = try rollout.firstLine() else {
            return Session(id: file.id, store: file.path, state: .dead, updatedAt: tail.updatedAt)
        }
        guard let directory = tail.directory ?? head.directory, wanted(directory) else {
            return tail.directory == nil && head.directory == nil
                ? Session(id: file.id, store: file.path, state: .dead) : nil
        }
        var session = Session(
            id: file.id,
            directory: Path(directory),
            store: file.path,
            state: tail.hasMessage || head.parent != nil ? .resumable : .empty,
            startedAt: head.startedAt,
            updatedAt: tail.updatedAt ?? head.startedAt,
            interrupted: tail.isInterrupted
        )
        if head.isSubAgent {
            session.origin = .subAgent
            session.state = .dead
            return session
        }
        let beginning = try rollout.beginning()
        session.messages = beginning.messages
        session.firstMessage =
            head.parent.map { firstMessage(ofParent: $0, tree, ancestors: 8) } ?? first(beginning)
        return session
    }

    /// A packed rollout is known by its name; the state database may tell more.
    private func packed(_ file: CodexRolloutFile) -> Session {
        let thread = try? CodexStateDatabase(in: home.databases)?.threads([file.id])[file.id]
        return packed(file, thread ?? CodexStateDatabase.Thread())
    }

    func packed(_ file: CodexRolloutFile, _ thread: CodexStateDatabase.Thread) -> Session {
        let isGiven = thread.firstMessage.flatMap { message in query.task.map { $0.matches(message: message) }
        }
        return Session(
            id: file.id,
            directory: thread.directory.map { Path($0) },
            store: file.path,
            state: thread.isSubAgent ? .dead : .resumable,
            origin: thread.isSubAgent ? .subAgent : .user,
            updatedAt: thread.updatedAt,
            // The database may keep only the beginning of a long message.
            firstMessage: isGiven == true ? .isTask : .unknown
        )
    }

    // MARK: First messages

    private func first(_ beginning: CodexRollout.Beginning) -> Session.FirstMessage {
        guard let message = beginning.message else { return beginning.isDamaged ? .unknown : .none }
        let isTask = query.task.flatMap(message.matches)
        return Session.FirstMessage(isTask: isTask == false && beginning.isDamaged ? nil : isTask)
    }

    private func firstMessage(
        ofParent id: String,
        _ tree: CodexRolloutTree,
        ancestors: Int
    ) -> Session.FirstMessage {
        guard ancestors > 0, let file = tree.files(of: id).first, !file.isCompressed,
            let rollout = try? CodexRollout(file), case .head(let head)? = try? rollout.firstLine()
        else { return .unknown }
        if let parent = head.parent { return firstMessage(ofParent: parent, tree, ancestors: ancestors - 1) }
        return (try? rollout.beginning()).map(first) ?? .unknown
    }

    private func contains(
        _ text: TaskText,
        in file: CodexRolloutFile,
        _ tree: CodexRolloutTree,
        ancestors: Int
    ) -> Bool? {
        guard ancestors > 0, !file.isCompressed, let rollout = try? CodexRollout(file),
            let own = try? rollout.contains(text)
        else { return nil }
        guard !own, case .head(let head)? = try? rollout.firstLine(), let parent = head.parent else {
            return own
        }
        guard let older = tree.files(of: parent).first else { return nil }
        return contains(text, in: older, tree, ancestors: ancestors - 1)
    }

    // MARK: Directories

    func isHere(_ directory: String) -> Bool { workdir.isHere(Path(directory)) }

    /// What an open file is called by the kernel is a physical path.
    private func isInside(_ file: Path, _ folder: Path) -> Bool {
        [folder, (try? folder.resolved()) ?? folder].contains { file.isInside($0) }
    }

    private static func finding(_ session: Session) -> String {
        switch (session.origin, session.state) {
        case (.subAgent, _): "a sub-agent's thread"
        case (_, .resumable): "a thread with messages" + (session.directory.map { " in \($0)" } ?? "")
        case (_, .empty): "a thread without a message"
        case (_, .dead): "Codex refuses it: its first line does not describe this thread"
        }
    }
}
