import CPseudoTerminal
import Glibc

/// The processes below one, this one as a rule, in whatever session or group: as subreaper this process is the
/// parent of those whose own parent has ended.
enum Descendants {
    /// Children that this process had before it made any: of a script that has started something and then became
    /// agentlaunch by `exec`. They, and what is below them, are nobody's here. To be read before the first fork.
    static let strangers: [Int32: Bytes] = all().reduce(into: [:]) { $0[$1.key] = $1.value.started }

    private struct Entry {
        var parent: Int32
        var session: Int32
        var started: Bytes
        var isDead: Bool
    }

    /// Sends KILL to all that are alive; returns how many those were.
    static func killAll() -> Int { signalAll(SIGKILL) }

    /// Sends a signal to all that are alive; returns how many those were.
    @discardableResult
    static func signalAll(_ signal: Int32) -> Int {
        let living = own()
        for (pid, entry) in living {
            let process = process_open(pid)
            guard process >= 0 else { continue }
            defer { close(process) }
            // The number may have been given to another process since it was read; the start time
            // tells, and the descriptor cannot change its process any more.
            if read(pid)?.started == entry.started { _ = process_signal(process, signal) }
        }
        return living.count
    }

    static func pids() -> [Int32] { Array(own().keys) }

    /// Those below another process.
    static func pids(of root: Int32) -> [Int32] { Array(all(of: root).keys) }

    private static func own() -> [Int32: Entry] {
        let strangers = strangers
        return all { strangers[$0] == $1.started }
    }

    /// Those of a session, whoever their parent is by now. The leader's number belongs to it while one of them lives;
    /// if that is another process by now, none lives any more. Where the leader has gone, the number alone tells
    /// nothing: another session may have had it since, of a daemon whose leader has ended too.
    static func session(of leader: Run.Process) -> [Run.Process] {
        let everybody = everybody()
        if let entry = everybody[leader.pid], UInt64(entry.started.lossyText) != leader.startTicks {
            return []
        }
        return everybody.compactMap { pid, entry in
            guard entry.session == leader.pid, !entry.isDead,
                let ticks = UInt64(entry.started.lossyText), ticks >= leader.startTicks
            else { return nil }
            return Run.Process(pid: pid, startTicks: ticks)
        }
    }

    /// A child of that process that leads a session of its own: the agent behind agentapi, or its wrapper.
    static func sessionLeader(below parent: Int32) -> Run.Process? {
        let leaders = everybody().filter { $1.parent == parent && $1.session == $0 && !$1.isDead }
        return leaders.keys.min().flatMap { Run.Process($0) }
    }

    private static func everybody() -> [Int32: Entry] {
        var entries: [Int32: Entry] = [:]
        for name in (try? namesInDirectory("/proc")) ?? [] {
            guard let pid = Int32(name.lossyText), let entry = read(pid) else { continue }
            entries[pid] = entry
        }
        return entries
    }

    private static func all(
        of root: Int32 = getpid(),
        butBelow isLeftOut: (Int32, Entry) -> Bool = { _, _ in false }
    ) -> [Int32: Entry] {
        let entries = everybody()
        let children = Dictionary(grouping: entries.keys) { entries[$0]?.parent ?? 0 }
        var found: [Int32: Entry] = [:]
        var open = children[root] ?? []
        while let pid = open.popLast() {
            guard let entry = entries[pid], found[pid] == nil, !isLeftOut(pid, entry) else { continue }
            found[pid] = entry
            open += children[pid] ?? []
        }
        return found.filter { !$0.value.isDead }
    }

    private static func read(_ pid: Int32) -> Entry? {
        guard let bytes = try? ReadOnlyFile(Path("/proc/\(pid)/stat")).read(1024, at: 0),
            // The name in parentheses may itself hold spaces and parentheses.
            let nameEnd = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = bytes[(nameEnd + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let parent = Int32(Bytes(fields[1]).lossyText),
            let session = Int32(Bytes(fields[3]).lossyText)
        else { return nil }
        return Entry(
            parent: parent,
            session: session,
            started: Bytes(fields[19]),
            isDead: fields[0].first == UInt8(ascii: "Z") || fields[0].first == UInt8(ascii: "X")
        )
    }
}
