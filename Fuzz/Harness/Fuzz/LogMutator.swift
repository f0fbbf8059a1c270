@testable import AgentLaunchCore

/// Changes that random bytes would not find: whole frames are moved, and checksums are made right again.
struct LogMutator {
    private var random: Random

    init(seed: UInt32) { random = Random(seed: seed) }

    mutating func mutate(_ input: inout StoreInput) {
        guard input.log.count >= 32 else { return }
        let exponent = random.below(20)
        if exponent < 8 { set(&input.log, 8, 512 << UInt32(exponent < 4 ? 0 : exponent - 4)) }
        if random.below(8) == 0 { set(&input.log, 0, 0x377f_0682 + UInt32(random.below(2))) }
        if random.below(4) != 0 { set(&input.log, 4, 3_007_000) }
        let pageSize = Int(NaiveLog.word(input.log, 8, true))
        guard 512...65_536 ~= pageSize, pageSize % 8 == 0 else { return }
        let frameSize = pageSize + 24
        moveFrames(&input.log, frameSize)
        if random.below(4) != 0 { repair(&input.log, frameSize) }
        if var index = input.index, index.count == SQLiteSharedIndex.size, random.below(2) == 0 {
            if random.below(2) == 0 { index.replaceSubrange(32..<40, with: input.log[16..<24]) }
            index.replaceSubrange(48..<96, with: index[0..<48])
            input.index = index
        }
        if var head = input.head, head.count == SQLiteDatabaseHeader.size, random.below(2) == 0 {
            head.replaceSubrange(0..<16, with: Bytes("SQLite format 3\0".utf8))
            input.head = head
        }
    }

    private mutating func moveFrames(_ log: inout Bytes, _ frameSize: Int) {
        let frames = (log.count - 32) / frameSize
        func range(_ frame: Int) -> Range<Int> { (32 + frame * frameSize)..<(32 + (frame + 1) * frameSize) }
        guard frames > 0 else { return }
        let one = range(random.below(frames))
        let other = range(random.below(frames))
        switch random.below(10) {
        case 0: log.insert(contentsOf: log[one], at: other.lowerBound)
        case 1: log.removeSubrange(one)
        case 2: log.replaceSubrange(other, with: log[one])
        case 3: set(&log, one.lowerBound + 4, random.below(2) == 0 ? 0 : UInt32(random.below(5)))
        case 4: set(&log, one.lowerBound, UInt32(random.below(3)))
        case 5: log.append(contentsOf: log[one])
        case 6: log.removeLast(random.below(log.count - 32))
        default: break
        }
    }

    /// Makes the header's sums right, and those of the frames up to one of them; sometimes their salts too.
    private mutating func repair(_ log: inout Bytes, _ frameSize: Int) {
        let isBig = log[3] & 1 == 1
        var parts = [log[0..<24]]
        put(&log, 24, NaiveLog.sums(parts, isBig))
        let frames = (log.count - 32) / frameSize
        let last = random.below(3) == 0 ? random.below(frames + 1) : frames
        let withSalts = random.below(2) == 0
        for frame in 0..<last {
            let start = 32 + frame * frameSize
            if withSalts { log.replaceSubrange((start + 8)..<(start + 16), with: log[16..<24]) }
            parts += [log[start..<(start + 8)], log[(start + 24)..<(start + frameSize)]]
            put(&log, start + 16, NaiveLog.sums(parts, isBig))
        }
    }

    private func put(_ log: inout Bytes, _ offset: Int, _ words: [UInt32]) {
        for (number, word) in words.enumerated() { set(&log, offset + 4 * number, word) }
    }

    private func set(_ log: inout Bytes, _ offset: Int, _ word: UInt32) {
        for byte in 0..<4 { log[offset + byte] = UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * byte)) }
    }
}
