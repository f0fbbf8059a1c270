import Glibc

@testable import AgentLaunchCore

/// A database's header, its write-ahead log and its index: what the sidecar check makes of them against a plain
/// reading of the log, and now and then against SQLite itself.
enum WALTarget {
    /// In memory, made and removed by the script.
    private static let folder = Path(getenv("FUZZ_FOLDER").map { String(cString: $0) } ?? "/dev/shm")
    private static let database = MemoryFile(at: folder / "store.db")
    private static let log = MemoryFile(at: folder / "store.db-wal")
    private static let index = MemoryFile(at: folder / "store.db-shm")

    static func run(_ bytes: Bytes) {
        let input = StoreInput(bytes)
        database.write(input.head ?? [])
        log.write(input.log)
        index.write(input.index ?? [])
        let naive = NaiveLog(input.log)
        checkLog(naive, input.log.count)
        checkSidecars(naive, input)
        if let naive, hash(bytes) % 16 == 0 { SQLiteOracle.check(naive, input.log, in: folder) }
    }

    private static func checkLog(_ naive: NaiveLog?, _ size: Int) {
        guard let result = try? SQLiteLog.read(ReadOnlyFile(log.path)) else {
            return require(false, "the log cannot be read")
        }
        switch result {
        case .failure(let damage): require(naive == nil, "\(damage.rawValue)")
        case .success(let log):
            guard let naive else { return require(false, "a header that is none") }
            require(log.header.pageSize == naive.pageSize && log.header.salts == naive.salts, "\(log)")
            require(
                log.validFrames == naive.validFrames && log.committedFrames == naive.committedFrames
                    && log.lostCommits == naive.lostCommits && log.changeCounter == naive.changeCounter
                    && log.firstFrameIsForeign == naive.firstFrameIsForeign
                    && log.otherBytes == naive.otherBytes,
                "\(log), not \(naive)"
            )
        }
    }

    private static func checkSidecars(_ naive: NaiveLog?, _ input: StoreInput) {
        guard let files = try? SQLiteFiles.look(at: database.path), let sidecars = try? SQLiteSidecars(files)
        else {
            return require(false, "the files cannot be read")
        }
        require(!sidecars.isInUse && !sidecars.isMoving, "nobody uses them")
        require(
            (sidecars.header != nil) == isHeader(input.head ?? []),
            "the header: \(sidecars.header != nil)"
        )
        require(input.log.isEmpty || sidecars.usesLog, "it uses a log")
        let isHeadless = (input.head ?? []).isEmpty && !input.log.isEmpty
        require((sidecars.failure != nil) == isHeadless, "failure: \(sidecars.failure?.why ?? "none")")
        let frames = sidecars.framesNotInDatabase
        guard let naive else {
            require((sidecars.doubt == nil) == input.log.isEmpty, "a broken log is doubt")
            require(frames == 0, "\(frames) frames of a broken log")
            return
        }
        require((0...naive.committedFrames).contains(frames), "\(frames) of \(naive.committedFrames) frames")
        if sidecars.index?.salts != naive.salts {
            require(frames == naive.committedFrames, "frames are forgotten")
        }
        if naive.lostCommits > 0 || naive.firstFrameIsForeign {
            require(sidecars.doubt != nil, "lost commits are no doubt")
        }
        if let header = sidecars.header {
            if header.pageSize != naive.pageSize { require(sidecars.doubt != nil, "the page sizes differ") }
            if let counter = naive.changeCounter, counter < header.changeCounter {
                require(sidecars.doubt != nil, "the log is older")
            }
        }
        var findings = Findings()
        sidecars.report(to: &findings)
    }

    private static func isHeader(_ head: Bytes) -> Bool {
        guard head.count == 100, head.starts(with: Bytes("SQLite format 3\0".utf8)) else { return false }
        let sizes: [Bytes] = [[2, 0], [4, 0], [8, 0], [16, 0], [32, 0], [64, 0], [128, 0], [0, 1]]
        return sizes.contains(Bytes(head[16..<18]))
    }

    private static func hash(_ bytes: Bytes) -> UInt32 {
        bytes.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
