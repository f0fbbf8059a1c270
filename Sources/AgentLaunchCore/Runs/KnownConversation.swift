import Glibc

/// A conversation as its directory shows it: its last start, and who runs it now.
///
/// The lock alone says whether a launcher lives, and its pid. `run.json` tells the rest, as long as it is that
/// launcher's: it may be an older one's, or missing.
struct KnownConversation: Sendable {
    enum State: String, Sendable {
        case running
        /// The launcher has gone, and its agentapi has yet to end.
        case ending
        case ended
    }

    /// Whoever holds the lock.
    struct Launcher: Equatable, Sendable {
        var process: ProcessIdentity
        /// Whether the lock or `run.json` names it too. Without that a program that merely has a file open could be
        /// taken for it where the kernel's list does not tell devices apart.
        var isCertain: Bool
    }

    let folder: Path
    let agent: String
    let name: String
    /// Nil where nothing but the folder's own name is left.
    let workdir: Path?
    let lock: LockPlaces
    /// The last start's.
    let run: Run?
    let launcher: Launcher?
    let state: State

    /// Nil if the folder is no conversation's.
    init?(_ folder: Path, agent: String, _ environment: Environment) {
        let known = folder.lastComponent.lossyText
        guard let dash = known.lastIndex(of: "-"), dash > known.startIndex,
            known[dash...].count == 17
        else { return nil }
        // A file that was copied here from another conversation is not this one's.
        let run = RunFile(conversation: folder).read().flatMap { run in
            StateDirectory.directoryName(run.name, run.workdir) == known && run.agent == agent ? run : nil
        }
        var findings = Findings()
        var recorded: Path?
        if run == nil, case .present(let record) = RecordFile(conversation: folder).read(&findings) {
            recorded = record.workdir
        }
        self.init(
            folder,
            agent: agent,
            name: String(known[..<dash]),
            workdir: run?.workdir ?? recorded,
            run: run,
            environment
        )
    }

    init(_ folder: Path, agent: String, name: String, workdir: Path?, run: Run?, _ environment: Environment) {
        self.folder = folder
        self.agent = agent
        self.name = name
        self.workdir = workdir
        self.run = run
        lock = LockPlaces(folder / StateDirectory.lock, environment)
        launcher = Self.launcher(lock, run)
        if launcher != nil {
            state = .running
        } else {
            state = run?.hasOrphan == true ? .ending : .ended
        }
    }

    /// A lock is taken first and gets its holder's pid then: one without is looked at again.
    private static func launcher(_ lock: LockPlaces, _ run: Run?) -> Launcher? {
        let due = monotonicMilliseconds() + patience
        while true {
            guard let (pid, path) = lock.held, let process = ProcessIdentity(pid) else { return nil }
            let isCertain = FileLock.writtenPID(path) == pid || run?.launcher == process
            if isCertain || monotonicMilliseconds() >= due {
                return Launcher(process: process, isCertain: isCertain)
            }
            _ = poll(nil, 0, 10)
        }
    }

    private static let patience: Int64 = 1000

    /// The start that runs, if its launcher wrote it.
    var current: Run? { launcher == nil ? nil : run.flatMap { $0.launcher == launcher?.process ? $0 : nil } }

    /// As errors and lists name it.
    var title: String { "\(agent) in \(workdir.map(\.description) ?? "an unknown directory")" }
}

extension Run {
    /// An agentapi whose launcher has gone without it.
    var hasOrphan: Bool {
        guard transport == .agentapi, end == nil, let child, child.isAlive else { return false }
        return AgentAPIProcess.isOne(child.pid)
    }
}
