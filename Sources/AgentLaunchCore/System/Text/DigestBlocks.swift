/// Cuts a stream of bytes into the 64-byte blocks that SHA-256 and MD5 digest.
struct DigestBlocks {
    private var rest: Bytes = []
    private var length: UInt64 = 0

    mutating func append(_ bytes: Bytes, _ compress: (UnsafeBufferPointer<UInt8>) -> Void) {
        length &+= UInt64(bytes.count)
        var start = 0
        if !rest.isEmpty {
            start = min(64 - rest.count, bytes.count)
            rest.append(contentsOf: bytes[..<start])
            guard rest.count == 64 else { return }
            rest.withUnsafeBufferPointer(compress)
            rest.removeAll(keepingCapacity: true)
        }
        bytes.withUnsafeBufferPointer { all in
            while all.count - start >= 64 {
                compress(UnsafeBufferPointer(rebasing: all[start..<(start + 64)]))
                start += 64
            }
        }
        rest.append(contentsOf: bytes[start...])
    }

    /// The bit 1, zeros, and the length in bits as 8 bytes: what fills the last block.
    func padding(_ encoded: (_ bits: UInt64) -> Bytes) -> Bytes {
        let zeros = (119 - rest.count) % 64
        return [0x80] + Bytes(repeating: 0, count: zeros) + encoded(length &* 8)
    }
}
