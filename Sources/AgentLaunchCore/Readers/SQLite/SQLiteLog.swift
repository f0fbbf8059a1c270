/// What a write-ahead log holds, found out without SQLite.
struct SQLiteLog: Equatable, Sendable {
    /// Reading more than this would take longer than the answer is worth; SQLite itself reads on.
    static let scanLimit = 256 << 20

    var header: SQLiteLogHeader
    /// Frames from the beginning whose salts and cumulative checksums are right.
    var validFrames = 0
    /// Frames up to and with the last valid one that ends a transaction: what SQLite uses.
    var committedFrames = 0
    /// Bytes after the valid frames: left from before the log was restarted, or torn.
    var otherBytes = 0
    /// The first frame is there and has other salts than the header.
    var firstFrameIsForeign = false
    /// Behind the valid frames there are ends of transactions with this log's salts: commits that are lost.
    var lostCommits = 0
    /// The change counter in the last committed copy of the database's first page.
    var changeCounter: UInt32?

    /// Reads the log from its beginning; a log that is restarted meanwhile is read again.
    static func read(_ file: borrowing ReadOnlyFile) throws(Errno) -> Result<SQLiteLog, SQLiteLogDamage> {
        var attempts = 0
        while true {
            let head = try file.read(SQLiteLogHeader.size, at: 0)
            let result: Result<SQLiteLog, SQLiteLogDamage>
            do throws(SQLiteLogDamage) {
                result = .success(SQLiteLog(header: try SQLiteLogHeader(head)))
            } catch {
                result = .failure(error)
            }
            guard case .success(var log) = result else { return result }
            try log.scan(file)
            attempts += 1
            if attempts == 5 { return .success(log) }
            if try file.read(SQLiteLogHeader.size, at: 0) == head { return .success(log) }
        }
    }

    private mutating func scan(_ file: borrowing ReadOnlyFile) throws(Errno) {
        let frameSize = 24 + header.pageSize
        let end = min(try Int(file.status().st_size), Self.scanLimit)
        let batch = max(1, (1 << 18) / frameSize) * frameSize
        var sum = header.checksum
        var isValid = true
        var offset = SQLiteLogHeader.size
        var counter: UInt32?
        while offset + frameSize <= end {
            let bytes = try file.read(min(batch, end - offset), at: offset)
            var start = 0
            while start + frameSize <= bytes.count {
                let isOurs =
                    bigEndian(bytes, at: start + 8) == header.salts[0]
                    && bigEndian(bytes, at: start + 12) == header.salts[1]
                let endsTransaction = bigEndian(bytes, at: start + 4) != 0
                if isValid {
                    isValid =
                        isOurs && bigEndian(bytes, at: start) != 0
                        && matches(&sum, bytes, at: start, size: frameSize)
                    if !isValid && validFrames == 0 { firstFrameIsForeign = !isOurs }
                }
                if isValid {
                    validFrames += 1
                    if bigEndian(bytes, at: start) == 1 { counter = bigEndian(bytes, at: start + 24 + 24) }
                    if endsTransaction {
                        committedFrames = validFrames
                        changeCounter = counter
                    }
                } else if endsTransaction && isOurs {
                    lostCommits += 1
                }
                start += frameSize
            }
            if start == 0 { break }
            offset += start
        }
        otherBytes = max(0, end - SQLiteLogHeader.size - validFrames * frameSize)
    }

    private func matches(
        _ sum: inout SQLiteLogChecksum,
        _ bytes: Bytes,
        at start: Int,
        size frameSize: Int
    ) -> Bool {
        bytes.withUnsafeBytes {
            sum.add($0[start..<(start + 8)], bigEndianWords: header.bigEndianWords)
            sum.add($0[(start + 24)..<(start + frameSize)], bigEndianWords: header.bigEndianWords)
        }
        return sum.first == bigEndian(bytes, at: start + 16) && sum.second == bigEndian(bytes, at: start + 20)
    }
}
