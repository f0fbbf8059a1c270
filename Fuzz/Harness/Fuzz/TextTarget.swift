@testable import AgentLaunchCore

/// Text files' lines, cut at a limit, against the text split in memory.
enum TextTarget {
    private static let limit = 24
    private static let file = MemoryFile()

    static func run(_ bytes: Bytes) {
        file.write(bytes)
        var expected = bytes.split(separator: 0x0a, omittingEmptySubsequences: false).map { Bytes($0) }
        if expected.last == [] { expected.removeLast() }
        do throws(Errno) {
            let lines = try TextLines(file.path, limit: limit)
            for line in expected {
                var kept = Bytes(line.prefix(limit))
                if kept.last == 0x0d { kept.removeLast() }
                let found = try lines.next()
                require(found?.bytes == kept, "\(found?.bytes ?? []) instead of \(kept)")
                require(found?.isCut == (line.count > limit), "cut: \(found?.isCut == true)")
            }
            require(try lines.next() == nil, "more lines than there are")
        } catch {
            require(false, "\(error)")
        }
    }
}
