import Glibc

/// Bytes on their way from one descriptor to another: a ring of fixed size, so that a side which
/// does not read makes the other wait instead of filling memory.
struct ByteQueue {
    private var storage: Bytes
    private var head = 0
    private(set) var count = 0

    init(capacity: Int = 65_536) { storage = Bytes(repeating: 0, count: capacity) }

    var isEmpty: Bool { count == 0 }
    var room: Int { storage.count - count }

    /// Lets `fill` write into free memory and returns what it returned; a positive number is the
    /// count of bytes that it wrote. Not to be called without room.
    mutating func append(_ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        let tail = (head + count) % storage.count
        let end = tail < head ? head : storage.count
        let length = min(end - tail, room)
        let added = storage.withUnsafeMutableBytes { fill(.init(rebasing: $0[tail..<(tail + length)])) }
        count += max(0, added)
        return added
    }

    /// Appends all or nothing.
    mutating func append(_ bytes: Bytes) -> Bool {
        guard bytes.count <= room else { return false }
        for byte in bytes {
            storage[(head + count) % storage.count] = byte
            count += 1
        }
        return true
    }

    /// Lets `drain` read the oldest bytes and returns what it returned; a positive number is the
    /// count of bytes that it took.
    mutating func remove(_ drain: (UnsafeRawBufferPointer) -> Int) -> Int {
        let length = min(count, storage.count - head)
        let taken = storage.withUnsafeBytes { drain(.init(rebasing: $0[head..<(head + length)])) }
        if taken > 0 {
            head = (head + taken) % storage.count
            count -= taken
        }
        return taken
    }

    mutating func removeAll() {
        head = 0
        count = 0
    }
}
