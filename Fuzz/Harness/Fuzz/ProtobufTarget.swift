@testable import AgentLaunchCore

/// Protocol Buffers messages, as Cursor's state blobs are: against a reading that goes by bits.
enum ProtobufTarget {
    static func run(_ bytes: Bytes) {
        let fields = ProtobufFields(bytes)
        let plain = plainFields(bytes)
        require((fields == nil) == (plain == nil), "a message: \(fields != nil)")
        guard let fields, let plain else { return }
        require(fields.fields.count == plain.count, "\(fields.fields.count) fields instead of \(plain.count)")
        for (field, expected) in zip(fields.fields, plain) {
            require(
                field.number == expected.0 && field.value == expected.1,
                "\(field) instead of \(expected)"
            )
            let strings = plain.compactMap { $0.0 == field.number ? $0.1.bytes : nil }
            require(fields.strings(field.number) == strings, "the strings of \(field.number)")
            let last = plain.last { $0.0 == field.number && $0.1.bytes == nil }?.1.number
            require(
                fields.integer(field.number) == last.flatMap { Int64(exactly: $0) },
                "the last \(field.number)"
            )
        }
    }

    private static func plainFields(_ bytes: Bytes) -> [(UInt64, ProtobufFields.Value)]? {
        var index = 0
        var result: [(UInt64, ProtobufFields.Value)] = []
        /// Up to ten bytes; what does not fit into 64 bits is lost.
        func number() -> UInt64? {
            var bits: [Bool] = []
            for _ in 0..<10 {
                guard index < bytes.count else { return nil }
                let byte = bytes[index]
                index += 1
                for bit in 0..<7 { bits.append(byte >> UInt8(bit) & 1 == 1) }
                if byte < 128 { return bits.prefix(64).reversed().reduce(0) { $0 << 1 | ($1 ? 1 : 0) } }
            }
            return nil
        }
        while index < bytes.count {
            guard let tag = number(), tag > 7 else { return nil }
            switch tag % 8 {
            case 0:
                guard let value = number() else { return nil }
                result.append((tag / 8, .number(value)))
            case 1: index += 8
            case 5: index += 4
            case 2:
                guard let count = number(), let size = Int(exactly: count), size <= bytes.count - index else {
                    return nil
                }
                result.append((tag / 8, .bytes(Bytes(bytes[index..<(index + size)]))))
                index += size
            default: return nil
            }
            if index > bytes.count { return nil }
        }
        return result
    }
}

extension ProtobufFields.Value {
    fileprivate var bytes: Bytes? { if case .bytes(let bytes) = self { bytes } else { nil } }
    fileprivate var number: UInt64? { if case .number(let number) = self { number } else { nil } }
}
