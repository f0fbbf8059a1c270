import Testing

@testable import AgentLaunchCore

@Suite("Write-ahead logs", .timeLimit(.minutes(1)))
struct SQLiteLogTests {
    struct Damaged: Decodable {
        var log: String
        var kind: String
        /// Nil where SQLite gives up.
        var frames: Int?
    }

    @Test("Of a damaged log exactly the frames count that SQLite recovers", arguments: [1, 2])
    func countsAsSQLite(_ seed: Int) throws {
        let scratch = try ScratchDirectory()
        let cases = try runScript(
            "sqlite_log_damage.py",
            [scratch.text + "/logs", "250", "\(seed)"],
            as: [Damaged].self
        )
        #expect(cases.count == 250)
        var intact = 0
        for each in cases {
            guard let frames = each.frames else { continue }
            let file = try ReadOnlyFile(Path(each.log))
            switch try SQLiteLog.read(file) {
            case .success(let log):
                #expect(log.committedFrames == frames, "\(each)")
                if each.kind == "none" {
                    intact += 1
                    #expect(log.lostCommits == 0 && !log.firstFrameIsForeign && log.committedFrames > 10)
                }
            case .failure: #expect(frames == 0, "\(each)")
            }
        }
        #expect(intact > 10)
    }
}
