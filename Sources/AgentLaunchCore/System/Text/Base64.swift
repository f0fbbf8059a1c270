/// RFC 4648, section 4: the standard alphabet, padding required, nothing but zero bits left over.
enum Base64 {
    /// Why a text is not base64.
    struct Malformed: Error, Equatable, Sendable {
        /// Counted in bytes of the text as it was given.
        var offset: Int
        var why: String
    }

    /// Spaces, tabs and line breaks may stand anywhere, because tools wrap what they encode.
    static func decode(_ text: Bytes) throws(Malformed) -> Bytes {
        var result: Bytes = []
        result.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var digits = 0
        var padding = 0
        for (offset, byte) in text.enumerated() {
            if byte == 0x20 || 0x09...0x0d ~= byte { continue }
            if byte == UInt8(ascii: "=") {
                padding += 1
                guard digits + padding <= 4, digits >= 2 else {
                    throw Malformed(offset: offset, why: "unexpected padding")
                }
                continue
            }
            guard let digit = value(byte) else {
                throw Malformed(offset: offset, why: "a byte outside the alphabet")
            }
            guard padding == 0 else { throw Malformed(offset: offset, why: "data after the padding") }
            bits = bits << 6 | UInt32(digit)
            digits += 1
            if digits == 4 {
                result += [UInt8(bits >> 16 & 0xff), UInt8(bits >> 8 & 0xff), UInt8(bits & 0xff)]
                bits = 0
                digits = 0
            }
        }
        guard digits == 0 || digits + padding == 4 else {
            throw Malformed(offset: text.count, why: "the end is missing")
        }
        // Two digits carry one byte and four bits, three carry two bytes and two bits.
        let unused: UInt32 = digits == 2 ? 4 : digits == 3 ? 2 : 0
        guard bits & ((1 << unused) - 1) == 0 else {
            throw Malformed(offset: text.count, why: "stray bits at the end")
        }
        bits >>= unused
        if digits == 3 { result.append(UInt8(bits >> 8 & 0xff)) }
        if digits >= 2 { result.append(UInt8(bits & 0xff)) }
        return result
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
