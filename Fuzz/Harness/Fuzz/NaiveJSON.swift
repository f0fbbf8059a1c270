@testable import AgentLaunchCore

/// RFC 8259 written down a second time, as plainly as it goes: everything in memory, one function a rule.
struct NaiveJSON {
    indirect enum Value {
        case null
        case bool(Bool)
        case number(Bytes)
        case string(Bytes)
        case array([Value])
        case object([(name: Bytes, value: Value)])
    }

    enum Outcome {
        case value(Value)
        case torn, malformed, blank
    }

    private struct Torn: Error {}
    private struct Malformed: Error {}

    private let bytes: Bytes
    private var index = 0
    private(set) var isPadded = false
    private(set) var hasLoneSurrogate = false
    private(set) var deepest = 0
    private(set) var hugeNumber = false
    private(set) var outcome = Outcome.blank

    init(_ bytes: Bytes) {
        self.bytes = bytes
        do { outcome = try text() } catch { outcome = error is Torn ? .torn : .malformed }
    }

    var isStrictlyValid: Bool {
        switch outcome {
        case .value, .blank: !isPadded
        case .torn, .malformed: false
        }
    }

    private mutating func text() throws -> Outcome {
        skipPadding()
        if index < bytes.count, bytes[index] == 0xef {
            try expect([0xef, 0xbb, 0xbf])
            isPadded = true
            skipPadding()
        }
        if index == bytes.count { return .blank }
        let value = try value(1)
        skipPadding()
        if index < bytes.count { throw Malformed() }
        return .value(value)
    }

    private mutating func skipPadding() {
        while index < bytes.count, bytes[index] == 0 || isSpace(bytes[index]) {
            if bytes[index] == 0 { isPadded = true }
            index += 1
        }
    }

    private mutating func skipSpace() {
        while index < bytes.count, isSpace(bytes[index]) { index += 1 }
    }

    private mutating func next() throws -> UInt8 {
        if index == bytes.count { throw Torn() }
        index += 1
        return bytes[index - 1]
    }

    private mutating func expect(_ word: Bytes) throws {
        for byte in word where try next() != byte { throw Malformed() }
    }

    private mutating func value(_ depth: Int) throws -> Value {
        skipSpace()
        let first = try next()
        switch first {
        case UInt8(ascii: "{"): return .object(try members(depth))
        case UInt8(ascii: "["): return .array(try elements(depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try expect(Bytes("rue".utf8))
            return .bool(true)
        case UInt8(ascii: "f"):
            try expect(Bytes("alse".utf8))
            return .bool(false)
        case UInt8(ascii: "n"):
            try expect(Bytes("ull".utf8))
            return .null
        default:
            index -= 1
            return .number(try number())
        }
    }

    private mutating func elements(_ depth: Int) throws -> [Value] {
        deepest = max(deepest, depth)
        skipSpace()
        var result: [Value] = []
        if index < bytes.count, bytes[index] == UInt8(ascii: "]") {
            index += 1
            return []
        }
        while true {
            result.append(try value(depth + 1))
            skipSpace()
            switch try next() {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "]"): return result
            default: throw Malformed()
            }
        }
    }

    private mutating func members(_ depth: Int) throws -> [(name: Bytes, value: Value)] {
        deepest = max(deepest, depth)
        skipSpace()
        var result: [(name: Bytes, value: Value)] = []
        if index < bytes.count, bytes[index] == UInt8(ascii: "}") {
            index += 1
            return []
        }
        while true {
            skipSpace()
            try expect([UInt8(ascii: "\"")])
            let name = try string()
            skipSpace()
            try expect([UInt8(ascii: ":")])
            result.append((name, try value(depth + 1)))
            skipSpace()
            switch try next() {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "}"): return result
            default: throw Malformed()
            }
        }
    }

    /// The UTF-16 units of escapes are gathered first and made into characters afterwards.
    private mutating func string() throws -> Bytes {
        var result: Bytes = []
        var units: [UInt16] = []
        while true {
            let byte = try next()
            if byte == UInt8(ascii: "\\"), index < bytes.count, bytes[index] == UInt8(ascii: "u") {
                index += 1
                var digits = ""
                for _ in 0..<4 {
                    let digit = Character(Unicode.Scalar(try next()))
                    guard digit.isHexDigit, digit.isASCII else { throw Malformed() }
                    digits.append(digit)
                }
                units.append(UInt16(digits, radix: 16)!)
                continue
            }
            if !units.isEmpty {
                if String(validating: units, as: UTF16.self) == nil { hasLoneSurrogate = true }
                result += Bytes(String(decoding: units, as: UTF16.self).utf8)
                units = []
            }
            switch byte {
            case UInt8(ascii: "\""): return result
            case UInt8(ascii: "\\"):
                let names = Bytes("\"\\/bfnrt".utf8)
                guard let which = names.firstIndex(of: try next()) else { throw Malformed() }
                result.append(([0x22, 0x5c, 0x2f, 8, 12, 10, 13, 9] as Bytes)[which])
            case 0..<0x20: throw Malformed()
            default: result.append(byte)
            }
        }
    }

    private mutating func number() throws -> Bytes {
        let start = index
        _ = takes("-")
        if !takes("0") { try digits() }
        if takes(".") { try digits() }
        if takes("eE") {
            _ = takes("+-")
            try digits()
        }
        let text = Bytes(bytes[start..<index])
        if Double(text.lossyText)?.isFinite != true { hugeNumber = true }
        return text
    }

    private mutating func takes(_ allowed: String) -> Bool {
        guard index < bytes.count, allowed.utf8.contains(bytes[index]) else { return false }
        index += 1
        return true
    }

    private mutating func digits() throws {
        if index == bytes.count { throw Torn() }
        guard takes("0123456789") else { throw Malformed() }
        while takes("0123456789") {}
    }
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 9 || byte == 10 || byte == 13 || byte == 32 }
