/// The fields of one Protocol Buffers message, in order; groups are not known.
struct ProtobufFields: Equatable, Sendable {
    enum Value: Equatable, Sendable {
        case number(UInt64)
        case bytes(Bytes)
    }

    private(set) var fields: [(number: UInt64, value: Value)] = []

    /// Nil if the bytes are no message.
    init?(_ bytes: Bytes) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let tag = Self.number(&rest), tag >> 3 > 0 else { return nil }
            switch tag & 7 {
            case 0:
                guard let number = Self.number(&rest) else { return nil }
                fields.append((tag >> 3, .number(number)))
            case 2:
                guard let count = Self.number(&rest), count <= UInt64(rest.count) else { return nil }
                fields.append((tag >> 3, .bytes(Bytes(rest.prefix(Int(count))))))
                rest = rest.dropFirst(Int(count))
            case 1, 5:
                let count = tag & 7 == 1 ? 8 : 4
                guard rest.count >= count else { return nil }
                rest = rest.dropFirst(count)
            default: return nil
            }
        }
    }

    /// The byte strings of a field that may come several times.
    func strings(_ number: UInt64) -> [Bytes] {
        fields.compactMap { field in
            if field.number == number, case .bytes(let bytes) = field.value { bytes } else { nil }
        }
    }

    /// The last one counts.
    func integer(_ number: UInt64) -> Int64? {
        let values = fields.compactMap { field -> UInt64? in
            if field.number == number, case .number(let value) = field.value { value } else { nil }
        }
        return values.last.flatMap { Int64(exactly: $0) }
    }

    static func == (a: ProtobufFields, b: ProtobufFields) -> Bool { a.fields.elementsEqual(b.fields, by: ==) }

    /// Seven bits a byte, the lowest first.
    private static func number(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            result |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return result }
        }
        return nil
    }
}
