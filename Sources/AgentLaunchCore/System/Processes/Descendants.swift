import CPseudoTerminal
import Glibc

/// The processes below one, this one as a rule, in whatever session or group: as subreaper this process is the
/// parent of those whose own parent has ended.
enum Descendants {
    /// Children that this process had before it made any: of a script that has started something and then became
    /// agentlaunch by `exec`. They, and what is below them, are nobody's here. To be read before the first fork.
    static let strangers: [Int32: UInt64] = all().mapValues(\.startTicks)

    /// Sends KILL to all that are alive; returns how many those were.
    static func killAll() -> Int { signalAll(SIGKILL) }

    /// Sends a signal to all that are alive, of one terminal session or of every one; returns how many those were.
    @discardableResult
    static func signalAll(_ signal: Int32, session: Int32? = nil) -> Int {
        send(signal, to: living(session))
    }

    /// How many are alive, or have yet to be reaped by this process.
    static func count(session: Int32? = nil) -> Int {
        // Who has no children has no descendants: a subreaper's orphans are its children.
        processes_has_child() == 0 ? 0 : living(session).count
    }

    /// Those that were stopped go on. Nobody else would continue them where no shell with job control is above.
    static func continueStopped() { send(SIGCONT, to: own().filter(\.value.isStopped)) }

    /// A child that has ended counts until it is reaped: who leaves before that leaves a zombie to process 1.
    private static func living(_ session: Int32?) -> [Int32: ProcessStat] {
        let parent = getpid()
        return own().filter { _, entry in
            (!entry.isDead || entry.parent == parent) && (session == nil || entry.session == session)
        }
    }

    @discardableResult
    private static func send(_ signal: Int32, to processes: [Int32: ProcessStat]) -> Int {
        for (pid, entry) in processes {
            let process = process_open(pid)
            guard process >= 0 else { continue }
            defer { close(process) }
            // The number may have been given to another process since it was read; the start time
            // tells, and the descriptor cannot change its process any more.
            if ProcessStat(pid)?.startTicks == entry.startTicks { _ = process_signal(process, signal) }
        }
        return processes.count
    }

    static func pids() -> [Int32] { own().filter { !$0.value.isDead }.map(\.key) }

    /// Those below another process.
    static func pids(of root: Int32) -> [Int32] { all(of: root).filter { !$0.value.isDead }.map(\.key) }

    private static func own() -> [Int32: ProcessStat] {
        let strangers = strangers
        return all { strangers[$0] == $1.startTicks }
    }

    /// Those of a session, whoever their parent is by now. The leader's number belongs to it while one of them lives;
    /// if that is another process by now, none lives any more. Where the leader has gone, the number alone tells
    /// nothing: another session may have had it since, of a daemon whose leader has ended too.
    static func session(of leader: ProcessIdentity) -> [ProcessIdentity] {
        let everybody = everybody()
        if let entry = everybody[leader.pid], entry.startTicks != leader.startTicks {
            return []
        }
        return everybody.compactMap { pid, entry in
            guard entry.session == leader.pid, !entry.isDead, entry.startTicks >= leader.startTicks else {
                return nil
            }
            return ProcessIdentity(pid: pid, startTicks: entry.startTicks)
        }
    }

    /// A child of that process that leads a session of its own: the agent behind agentapi, or its wrapper.
    static func sessionLeader(below parent: Int32) -> ProcessIdentity? {
        let leaders = everybody().filter { $1.parent == parent && $1.session == $0 && !$1.isDead }
        return leaders.keys.min().flatMap { ProcessIdentity($0) }
    }

    private static func everybody() -> [Int32: ProcessStat] {
        var entries: [Int32: ProcessStat] = [:]
        for name in (try? namesInDirectory("/proc")) ?? [] {
            guard let pid = Int32(name.lossyText), let entry = ProcessStat(pid) else { continue }
            entries[pid] = entry
        }
        return entries
    }

    private static func all(
        of root: Int32 = getpid(),
        butBelow isLeftOut: (Int32, ProcessStat) -> Bool = { _, _ in false }
    ) -> [Int32: ProcessStat] {
        let entries = everybody()
        let children = Dictionary(grouping: entries.keys) { entries[$0]?.parent ?? 0 }
        var found: [Int32: ProcessStat] = [:]
        var open = children[root] ?? []
        while let pid = open.popLast() {
            guard let entry = entries[pid], found[pid] == nil, !isLeftOut(pid, entry) else { continue }
            found[pid] = entry
            open += children[pid] ?? []
        }
        return found
    }
}
