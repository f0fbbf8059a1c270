/// Reads one JSON text from a feed: keeps the fields that are asked for, checks and skips all others.
///
/// The grammar is RFC 8259's. More is tolerated only where agents' own parsers do so too: lone surrogates and
/// bytes that are not UTF-8 become U+FFFD. Memory does not grow with the text, and nothing recurses deeper than
/// `JSONLimits.keptDepth`.
struct JSONScanner {
    let feed: ByteFeed
    private let limits: JSONLimits
    private var kept = 0
    private(set) var padded = false
    private var deepest = 0

    init(_ feed: ByteFeed, _ limits: JSONLimits = JSONLimits()) {
        self.feed = feed
        self.limits = limits
    }

    /// The whole text. After it the feed stands at the text's end, whatever the text was.
    mutating func record(_ fields: JSONFields) throws(Errno) -> JSONRecord {
        let outcome: JSONRecord.Outcome
        do {
            outcome = try document(fields)
        } catch {
            switch error {
            case .torn: outcome = .torn
            case .malformed: outcome = .malformed
            case .unreadable(let cause): throw cause
            }
        }
        do { try feed.drain() } catch { if case .unreadable(let cause) = error { throw cause } }
        return JSONRecord(outcome: outcome, padded: padded, depth: deepest, terminated: feed.sawLineFeed)
    }

    private mutating func document(_ fields: JSONFields) throws(JSONFault) -> JSONRecord.Outcome {
        try skipPadding()
        if try feed.peek() == 0xef { try skipByteOrderMark() }
        guard try feed.peek() != nil else { return .blank }
        let result = try value(fields, depth: 0)
        try skipPadding()
        guard try feed.peek() == nil else { throw .malformed }
        return .value(result)
    }

    mutating func skipPadding() throws(JSONFault) {
        while let byte = try feed.peek(), byte == 0 || isWhiteSpace(byte) {
            if byte == 0 { padded = true }
            feed.advance()
        }
    }

    private mutating func skipByteOrderMark() throws(JSONFault) {
        for byte in [0xef, 0xbb, 0xbf] as Bytes {
            guard try feed.take() == byte else { throw .malformed }
        }
        padded = true
        try skipPadding()
    }

    mutating func value(_ fields: JSONFields, depth: Int) throws(JSONFault) -> JSONValue {
        let isOver = !keep(64) || depth >= limits.keptDepth
        let first = try peekToken()
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard !isOver else { break }
            feed.advance()
            deepest = max(deepest, depth + 1)
            return first == UInt8(ascii: "{") ? try object(fields, depth) : try array(fields, depth)
        case UInt8(ascii: "\""):
            guard !isOver, fields.keepsScalar else { break }
            feed.advance()
            guard let text = try string(limit: min(limits.string, limits.total - kept)) else {
                return .tooLarge
            }
            _ = keep(text.count)
            return .string(text.lossyText)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let digits = try number()
            guard fields.keepsScalar else { return .null }
            return !isOver && digits.count <= 64 ? .number(digits.lossyText) : .tooLarge
        default:
            let literal = try self.literal(first)
            return fields.keepsScalar ? literal : .null
        }
        try skipValue(depth)
        return fields.keepsScalar || isOver ? .tooLarge : .null
    }

    private mutating func object(_ fields: JSONFields, _ depth: Int) throws(JSONFault) -> JSONValue {
        var members: [JSONValue.Member] = []
        let before = kept
        if try closes(UInt8(ascii: "}")) { return .object([]) }
        repeat {
            guard try peekToken() == UInt8(ascii: "\"") else { throw .malformed }
            feed.advance()
            let name = try string(limit: 4096)
            guard try peekToken() == UInt8(ascii: ":") else { throw .malformed }
            feed.advance()
            if let name, let wanted = fields.member(name), keep(name.count + 64) {
                let value = try value(wanted, depth: depth + 1)
                members.append(JSONValue.Member(name.lossyText, value))
            } else {
                try skipValue(depth + 1)
            }
        } while try !ends(UInt8(ascii: "}"))
        return bounded(.object(members), before)
    }

    private mutating func array(_ fields: JSONFields, _ depth: Int) throws(JSONFault) -> JSONValue {
        var elements: [JSONValue] = []
        let before = kept
        if try closes(UInt8(ascii: "]")) { return .array([]) }
        repeat {
            if !fields.isEmpty, keep(64) {
                elements.append(try value(fields, depth: depth + 1))
            } else {
                try skipValue(depth + 1)
            }
        } while try !ends(UInt8(ascii: "]"))
        return bounded(.array(elements), before)
    }

    /// Checks any value and forgets it. A bit for each open bracket takes the place of recursion.
    mutating func skipValue(_ depth: Int) throws(JSONFault) {
        var open = BitStack()
        repeat {
            let first = try peekToken()
            switch first {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                feed.advance()
                let isObject = first == UInt8(ascii: "{")
                deepest = max(deepest, depth + open.count + 1)
                if try !closes(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    guard open.count < limits.depth else { throw .malformed }
                    open.push(isObject)
                    if isObject { try skipName() }
                    continue
                }
            case UInt8(ascii: "\""):
                feed.advance()
                _ = try string(limit: -1)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try number()
            default: _ = try literal(first)
            }
            while let isObject = open.last {
                guard try ends(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    if isObject { try skipName() }
                    break
                }
                open.pop()
            }
        } while open.last != nil
    }

    private mutating func skipName() throws(JSONFault) {
        guard try peekToken() == UInt8(ascii: "\"") else { throw .malformed }
        feed.advance()
        _ = try string(limit: -1)
        guard try peekToken() == UInt8(ascii: ":") else { throw .malformed }
        feed.advance()
    }

    /// After an opening bracket: whether the closing one follows at once.
    func closes(_ bracket: UInt8) throws(JSONFault) -> Bool {
        guard try peekToken() == bracket else { return false }
        feed.advance()
        return true
    }

    /// After a member or element: whether the closing bracket follows; otherwise a comma must.
    func ends(_ bracket: UInt8) throws(JSONFault) -> Bool {
        let byte = try peekToken()
        guard byte == bracket || byte == UInt8(ascii: ",") else { throw .malformed }
        feed.advance()
        return byte == bracket
    }

    /// The first byte that is not white space.
    func peekToken() throws(JSONFault) -> UInt8 {
        while let byte = try feed.peek() {
            guard isWhiteSpace(byte) else { return byte }
            feed.advance()
        }
        throw .torn
    }

    /// A container that outgrew the limit is dropped whole and gives back its share, so that what stands beside
    /// it is still kept.
    private mutating func bounded(_ value: JSONValue, _ before: Int) -> JSONValue {
        guard kept > limits.total else { return value }
        kept = before
        return .tooLarge
    }

    /// Whoever takes a text in parts has the whole limit for each part.
    mutating func forgetKept() { kept = 0 }

    private mutating func keep(_ bytes: Int) -> Bool {
        kept += bytes
        return kept <= limits.total
    }

    private func number() throws(JSONFault) -> Bytes { try JSONScalars(feed: feed).number() }
    private func literal(_ first: UInt8) throws(JSONFault) -> JSONValue {
        try JSONScalars(feed: feed).literal(first)
    }
    func string(limit: Int) throws(JSONFault) -> Bytes? {
        try JSONScalars(feed: feed).string(limit: limit)
    }
}

private func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0a ~= byte || byte == 0x0d }

/// One bit for each open bracket.
private struct BitStack {
    private var words: [UInt64] = []
    private(set) var count = 0

    mutating func push(_ bit: Bool) {
        if count & 63 == 0 { words.append(0) }
        if bit { words[count >> 6] |= 1 << UInt64(count & 63) }
        count += 1
    }

    mutating func pop() {
        count -= 1
        words[count >> 6] &= ~(1 << UInt64(count & 63))
        if count & 63 == 0 { words.removeLast() }
    }

    var last: Bool? {
        count == 0 ? nil : words[(count - 1) >> 6] & 1 << UInt64((count - 1) & 63) != 0
    }
}
