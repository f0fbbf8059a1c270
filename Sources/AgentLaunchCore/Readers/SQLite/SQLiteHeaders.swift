/// The part of a database's first 100 bytes that tells how to read it.
struct SQLiteDatabaseHeader: Equatable, Sendable {
    static let size = 100

    let pageSize: Int
    /// The write and read versions are 2: changes go to a write-ahead log.
    let usesLog: Bool
    let changeCounter: UInt32

    /// Nil if this is no database's header.
    init?(_ bytes: Bytes) {
        guard bytes.count >= Self.size, bytes.starts(with: Bytes("SQLite format 3\0".utf8)) else {
            return nil
        }
        let size = Int(bytes[16]) << 8 | Int(bytes[17])
        // 65536 does not fit into two bytes and is written as 1.
        pageSize = size == 1 ? 65_536 : size
        guard isSQLitePageSize(pageSize) else { return nil }
        usesLog = bytes[18] == 2 || bytes[19] == 2
        changeCounter = bigEndian(bytes, at: 24)
    }
}

/// The header of a write-ahead log, its own checksum verified.
struct SQLiteLogHeader: Equatable, Sendable {
    static let size = 32

    let pageSize: Int
    let salts: [UInt32]
    /// Checksums are computed over big-endian words; the magic number's last bit tells.
    let bigEndianWords: Bool
    /// Where the cumulative checksum of the frames begins.
    let checksum: SQLiteLogChecksum

    init(_ bytes: Bytes) throws(SQLiteLogDamage) {
        guard bytes.count >= Self.size else { throw .shortHeader }
        let magic = bigEndian(bytes, at: 0)
        guard magic & ~1 == 0x377f_0682 else { throw .magic }
        guard bigEndian(bytes, at: 4) == 3_007_000 else { throw .version }
        pageSize = Int(bigEndian(bytes, at: 8))
        guard isSQLitePageSize(pageSize) else { throw .pageSize }
        salts = [bigEndian(bytes, at: 16), bigEndian(bytes, at: 20)]
        bigEndianWords = magic & 1 == 1
        var sum = SQLiteLogChecksum()
        bytes.withUnsafeBytes { sum.add($0[..<24], bigEndianWords: magic & 1 == 1) }
        guard sum.first == bigEndian(bytes, at: 24), sum.second == bigEndian(bytes, at: 28) else {
            throw .checksum
        }
        checksum = sum
    }
}

/// Why a write-ahead log's header is none.
enum SQLiteLogDamage: String, Error, Sendable {
    case shortHeader = "its header is cut off"
    case magic = "it does not begin with a write-ahead log's magic number"
    case version = "its header has an unknown version"
    case pageSize = "its header has an invalid page size"
    case checksum = "its header's checksum is wrong"
}

/// The two running sums of a write-ahead log.
struct SQLiteLogChecksum: Equatable, Sendable {
    var first: UInt32 = 0
    var second: UInt32 = 0

    /// Adds a whole number of pairs of 32-bit words.
    mutating func add(_ data: Slice<UnsafeRawBufferPointer>, bigEndianWords: Bool) {
        let bytes = UnsafeRawBufferPointer(rebasing: data)
        var a = first
        var b = second
        var offset = 0
        while offset + 8 <= bytes.count {
            let left = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            let right = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
            a = a &+ (bigEndianWords ? left.bigEndian : left.littleEndian) &+ b
            b = b &+ (bigEndianWords ? right.bigEndian : right.littleEndian) &+ a
            offset += 8
        }
        first = a
        second = b
    }
}

/// The header of the `-shm` file: what the last connection knew about the write-ahead log.
struct SQLiteSharedIndex: Equatable, Sendable {
    static let size = 136

    let salts: [UInt32]
    let frames: Int
    /// Frames that a checkpoint has already copied into the database.
    let backfilled: Int

    /// Nil unless the two copies of the header are equal and initialised: anything else is rebuilt by SQLite.
    init?(_ bytes: Bytes) {
        guard bytes.count >= Self.size, bytes[..<48] == bytes[48..<96], bytes[12] != 0 else { return nil }
        func word(_ offset: Int) -> UInt32 {
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
        }
        // The index is in the machine's byte order, the salts in it are copied from the log as they are.
        frames = Int(word(16))
        salts = [bigEndian(bytes, at: 32), bigEndian(bytes, at: 36)]
        backfilled = Int(word(96))
    }
}

func bigEndian(_ bytes: Bytes, at offset: Int) -> UInt32 {
    bytes.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
}

private func isSQLitePageSize(_ size: Int) -> Bool { 512...65_536 ~= size && size & (size - 1) == 0 }
