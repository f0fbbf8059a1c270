@testable import AgentLaunchCore

/// A write-ahead log as SQLite's file format describes it, checked frame by frame with the sums begun anew for each:
/// slow, and nothing is carried from one frame to the next.
struct NaiveLog: Equatable {
    var pageSize = 0
    var salts: [UInt32] = []
    var validFrames = 0
    var committedFrames = 0
    var lostCommits = 0
    var firstFrameIsForeign = false
    var changeCounter: UInt32?
    var otherBytes = 0

    /// Nil if the header is none.
    init?(_ bytes: Bytes) {
        guard bytes.count >= 32 else { return nil }
        let words = stride(from: 0, to: 32, by: 4).map { Self.word(bytes, $0, true) }
        guard words[0] == 0x377f_0682 || words[0] == 0x377f_0683, words[1] == 3_007_000 else { return nil }
        guard [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536].contains(words[2]) else { return nil }
        let isBig = words[0] == 0x377f_0683
        pageSize = Int(words[2])
        salts = [words[4], words[5]]
        let headerSums = Self.sums([bytes[0..<24]], isBig)
        guard headerSums == [words[6], words[7]] else { return nil }

        let frameSize = pageSize + 24
        let frames = (bytes.count - 32) / frameSize
        var parts: [ArraySlice<UInt8>] = [bytes[0..<24]]
        var isBroken = false
        for frame in 0..<frames {
            let start = 32 + frame * frameSize
            let isOurs = [Self.word(bytes, start + 8, true), Self.word(bytes, start + 12, true)] == salts
            let page = Self.word(bytes, start, true)
            let isCommit = Self.word(bytes, start + 4, true) != 0
            parts += [bytes[start..<(start + 8)], bytes[(start + 24)..<(start + frameSize)]]
            let stored = [Self.word(bytes, start + 16, true), Self.word(bytes, start + 20, true)]
            if frame == 0, !isOurs { firstFrameIsForeign = true }
            if !isBroken, isOurs, page != 0, Self.sums(parts, isBig) == stored {
                validFrames = frame + 1
                if isCommit { committedFrames = frame + 1 }
            } else {
                isBroken = true
                if isCommit && isOurs { lostCommits += 1 }
            }
        }
        for frame in (0..<committedFrames).reversed() {
            let start = 32 + frame * frameSize
            if Self.word(bytes, start, true) == 1 {
                changeCounter = Self.word(bytes, start + 24 + 24, true)
                break
            }
        }
        otherBytes = bytes.count - 32 - validFrames * frameSize
    }

    static func sums(_ parts: [ArraySlice<UInt8>], _ isBig: Bool) -> [UInt32] {
        var first: UInt32 = 0
        var second: UInt32 = 0
        for part in parts {
            let bytes = Bytes(part)
            for offset in stride(from: 0, to: bytes.count, by: 8) {
                first = first &+ word(bytes, offset, isBig) &+ second
                second = second &+ word(bytes, offset + 4, isBig) &+ first
            }
        }
        return [first, second]
    }

    static func word(_ bytes: Bytes, _ offset: Int, _ isBig: Bool) -> UInt32 {
        let four = bytes[offset..<(offset + 4)].map { UInt32($0) }
        return (isBig ? four : four.reversed()).reduce(0) { $0 << 8 | $1 }
    }
}
