/// JSON's strings, numbers and words, read from a feed.
struct JSONScalars {
    let feed: ByteFeed

    /// A string whose opening quote was taken: UTF-8, not checked. Nil if it is longer than the limit: then it
    /// was checked and skipped, as with a negative limit.
    func string(limit: Int) throws(JSONFault) -> Bytes? {
        var text: Bytes = []
        var isKept = limit >= 0
        func keep(_ bytes: some Collection<UInt8>) {
            guard isKept else { return }
            isKept = text.count + bytes.count <= limit
            if isKept { text.append(contentsOf: bytes) } else { text = [] }
        }
        while true {
            try feed.takePlainText { keep($0) }
            switch try feed.take() {
            case UInt8(ascii: "\""): return isKept ? text : nil
            case UInt8(ascii: "\\"): keep(try escape())
            default: throw .malformed
            }
        }
    }

    private func escape() throws(JSONFault) -> Bytes {
        switch try feed.take() {
        case UInt8(ascii: "\""): [0x22]
        case UInt8(ascii: "\\"): [0x5c]
        case UInt8(ascii: "/"): [0x2f]
        case UInt8(ascii: "b"): [0x08]
        case UInt8(ascii: "f"): [0x0c]
        case UInt8(ascii: "n"): [0x0a]
        case UInt8(ascii: "r"): [0x0d]
        case UInt8(ascii: "t"): [0x09]
        case UInt8(ascii: "u"): try codePoints(fourHexDigits())
        default: throw .malformed
        }
    }

    /// What a `\u` escape and those right behind it stand for; a surrogate without its partner is U+FFFD.
    private func codePoints(_ first: UInt32) throws(JSONFault) -> Bytes {
        var unit = first
        var result: Bytes = []
        while 0xd800...0xdbff ~= unit, try feed.peek() == UInt8(ascii: "\\") {
            feed.advance()
            guard try feed.peek() == UInt8(ascii: "u") else {
                return result + utf8(unit) + (try escape())
            }
            feed.advance()
            let next = try fourHexDigits()
            if 0xdc00...0xdfff ~= next {
                return result + utf8(0x10000 + (unit - 0xd800) << 10 + (next - 0xdc00))
            }
            result += utf8(unit)
            unit = next
            // A text of nothing but high surrogates must not gather here.
            if result.count > 4096 { break }
        }
        return result + utf8(unit)
    }

    private func fourHexDigits() throws(JSONFault) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            let byte = try feed.take()
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                unit = unit << 4 | UInt32(byte & 0x0f + 9)
            default: throw .malformed
            }
        }
        return unit
    }

    private func utf8(_ unit: UInt32) -> Bytes {
        Bytes(UTF8.encode(Unicode.Scalar(unit) ?? "\u{fffd}") ?? UTF8.encodedReplacementCharacter)
    }

    /// A number's text; of one longer than 65 bytes only the beginning.
    func number() throws(JSONFault) -> Bytes {
        var text: Bytes = []
        func digits() throws(JSONFault) -> Int {
            var count = 0
            try feed.takeRun(of: isDigit) {
                count += $0.count
                text.append(contentsOf: $0.prefix(65 - min(65, text.count)))
            }
            return count
        }
        func takes(_ allowed: Bytes) throws(JSONFault) -> Bool {
            guard let byte = try feed.peek(), allowed.contains(byte) else { return false }
            feed.advance()
            if text.count < 65 { text.append(byte) }
            return true
        }
        func someDigits() throws(JSONFault) {
            guard try digits() > 0 else { throw try feed.peek() == nil ? .torn : .malformed }
        }
        _ = try takes([UInt8(ascii: "-")])
        // A zero ends the whole part: `01` is no number.
        if try !takes([UInt8(ascii: "0")]) { try someDigits() }
        if try takes([UInt8(ascii: ".")]) { try someDigits() }
        if try takes(Bytes("eE".utf8)) {
            _ = try takes(Bytes("+-".utf8))
            try someDigits()
        }
        return text
    }

    /// `true`, `false` or `null`.
    func literal(_ first: UInt8) throws(JSONFault) -> JSONValue {
        let word: String
        let value: JSONValue
        switch first {
        case UInt8(ascii: "t"): (word, value) = ("true", true)
        case UInt8(ascii: "f"): (word, value) = ("false", false)
        case UInt8(ascii: "n"): (word, value) = ("null", nil)
        default: throw .malformed
        }
        for byte in word.utf8 { guard try feed.take() == byte else { throw .malformed } }
        return value
    }
}

private func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
