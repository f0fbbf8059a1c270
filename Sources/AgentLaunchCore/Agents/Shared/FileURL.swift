extension Path {
    /// The path of an address, `file:///a%20b`.
    init?(fileURL: Bytes) {
        let scheme = Bytes("file://".utf8)
        guard fileURL.starts(with: scheme) else { return nil }
        bytes = []
        var rest = fileURL.dropFirst(scheme.count)
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let escaped = unhexadecimal(Bytes(rest.prefix(2))),
                escaped.count == 1
            {
                bytes += escaped
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
    }
}

/// The bytes of hexadecimal digits; nil if they are none.
func unhexadecimal(_ digits: Bytes) -> Bytes? {
    guard digits.count % 2 == 0, let text = digits.text, text.allSatisfy(\.isHexDigit) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(Bytes(digits[$0..<$0 + 2]).lossyText, radix: 16)
    }
}
