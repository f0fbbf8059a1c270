/// One line of `/proc/<pid>/stat`.
struct ProcessStat: Equatable, Sendable {
    /// The process's name.
    var command: Bytes
    /// `R`, `S`, `T`, `Z` …
    var state: UInt8
    var parent: Int32
    var session: Int32
    /// Ticks of the clock between the machine's start and the process's: with the pid it names one process.
    var startTicks: UInt64

    /// Nil if there is no such process.
    init?(_ pid: Int32) {
        guard pid > 0, let line = try? ReadOnlyFile(Path("/proc/\(pid)/stat")).read(4096, at: 0) else {
            return nil
        }
        self.init(line: line)
    }

    init?(line: Bytes) {
        guard let opening = line.firstIndex(of: UInt8(ascii: "(")),
            // The name may hold anything, closing brackets too; the fields after the last one are numbers.
            let closing = line.lastIndex(of: UInt8(ascii: ")")), opening < closing
        else { return nil }
        let fields = line[(closing + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let state = fields[0].first, let parent = Int32(Bytes(fields[1]).lossyText),
            let session = Int32(Bytes(fields[3]).lossyText), let ticks = UInt64(Bytes(fields[19]).lossyText)
        else { return nil }
        command = Bytes(line[(opening + 1)..<closing])
        self.state = state
        self.parent = parent
        self.session = session
        startTicks = ticks
    }

    /// It has ended and waits for its parent.
    var isDead: Bool { state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") }
    /// By a signal, or by whoever traces it: it answers none but CONT and KILL.
    var isStopped: Bool { state == UInt8(ascii: "T") || state == UInt8(ascii: "t") }
}
