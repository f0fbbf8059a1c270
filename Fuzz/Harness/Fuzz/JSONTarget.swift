import Foundation

@testable import AgentLaunchCore

/// JSON texts and files of JSON lines: what the scanner says against a plain parser, against Foundation, and against
/// itself when the same bytes arrive in other pieces.
enum JSONTarget {
    private static let asked = [
        Wanted.everything,
        Wanted(paths: []),
        Wanted(paths: [
            ["type"], ["message", "content"], ["message", "content", "text"], ["message", "role"],
        ]),
        Wanted(paths: [["a"], ["a", "b"], ["*", "c"], ["*", "*", "type"]]),
    ]
    private static let fields = asked.map(\.fields)
    private static let small = JSONLimits(string: 32, total: 640, keptDepth: 4, depth: 96)
    private static let mark: Bytes = [0xef, 0xbb, 0xbf]
    private static let file = MemoryFile()

    static func run(_ bytes: Bytes) {
        let naive = NaiveJSON(bytes.starts(with: mark) ? Bytes(bytes.dropFirst(3)) : bytes)
        for (wanted, fields) in zip(asked, fields) { check(JSONRecord.of(bytes, fields), naive, wanted) }
        // What takes long is done for one of them.
        checkPieces(bytes, fields[bytes.count % asked.count])
        checkLimits(bytes, naive, bytes.count / asked.count % asked.count)
        checkElements(bytes, naive)
        checkFoundation(bytes, naive)
        checkLines(bytes)
    }

    private static func checkPieces(_ bytes: Bytes, _ fields: JSONFields) {
        let record = JSONRecord.of(bytes, fields)
        for size in bytes.count < 64 ? [1, 2, 3] : [4 + bytes.count % 61] {
            let feed = pieces(bytes.starts(with: mark) ? Bytes(bytes.dropFirst(3)) : bytes, size)
            var scanner = JSONScanner(feed)
            let other = try? scanner.record(fields)
            require(other == record, "in pieces of \(size): \(describe(other)), whole: \(describe(record))")
        }
    }

    private static func check(_ record: JSONRecord, _ naive: NaiveJSON, _ wanted: Wanted) {
        switch (record.outcome, naive.outcome) {
        case (.value(let kept), .value(let value)):
            require(agrees(kept, value, wanted), "kept \(kept) of \(value) for \(wanted)")
            require(record.depth == naive.deepest, "depth \(record.depth) instead of \(naive.deepest)")
        case (.torn, .torn), (.malformed, .malformed), (.blank, .blank): break
        default: require(false, "\(record.outcome) instead of \(naive.outcome)")
        }
        require(record.isStrictlyValid == naive.isStrictlyValid, "strict: \(record.isStrictlyValid)")
    }

    /// However little may be kept: what is kept is right, and it is no more than that.
    private static func checkLimits(_ bytes: Bytes, _ naive: NaiveJSON, _ which: Int) {
        let record = JSONRecord.of(bytes, fields[which], small)
        guard case .value(let value) = naive.outcome else {
            return require(record.value == nil, "a value of what is none: \(record.outcome)")
        }
        guard let kept = record.value else {
            return require(naive.deepest > small.depth, "\(record.outcome) instead of a value")
        }
        require(
            agrees(kept, value, asked[which], isCut: true),
            "kept \(kept) of \(value) for \(asked[which])"
        )
        // A byte that is not UTF-8 becomes three.
        require(weight(kept) <= 4 * small.total, "\(weight(kept)) bytes kept")
    }

    private static func checkElements(_ bytes: Bytes, _ naive: NaiveJSON) {
        let size = 1 + bytes.count % 17
        var elements = JSONElements(
            pieces(bytes, size),
            array: "messages",
            ["type", "a.b"],
            members: ["a", "type"]
        )
        let wanted = Wanted(paths: [["type"], ["a", "b"]])
        var found: [JSONValue] = []
        var fault: JSONFault?
        do throws(JSONFault) { while let element = try elements.next() { found.append(element) } } catch {
            fault = error
        }
        let whole = NaiveJSON(bytes)
        guard case .value(.object(let members)) = whole.outcome, !bytes.contains(0xef) else {
            if !bytes.contains(0xef) { require(fault != nil, "elements of what is no object") }
            return
        }
        require(fault == nil, "\(fault, default: "") in a valid object")
        require(elements.isPadded == whole.isPadded, "padded: \(elements.isPadded)")
        var expected: [NaiveJSON.Value] = []
        var others: [(Bytes, NaiveJSON.Value)] = []
        var hasArray = false
        for member in members {
            if member.name == Bytes("messages".utf8), case .array(let list) = member.value {
                expected += list
                hasArray = true
            } else if ["a", "type"].contains(where: { Bytes($0.utf8) == member.name }) {
                others.append(member)
            }
        }
        require(elements.hasArray == hasArray, "has the array: \(elements.hasArray)")
        require(found.count == expected.count, "\(found.count) elements instead of \(expected.count)")
        require(zip(found, expected).allSatisfy { agrees($0, $1, wanted, depth: 2) }, "elements \(found)")
        require(elements.members.count == others.count, "members \(elements.members)")
        for (member, other) in zip(elements.members, others) {
            require(agrees(member.value, other.1, .everything, depth: 1), "member \(member)")
        }
    }

    /// Foundation takes what is strict; what else it takes is of no interest, as long as we take it too.
    private static func checkFoundation(_ bytes: Bytes, _ naive: NaiveJSON) {
        guard case .value = naive.outcome else { return }
        let isStrict = isStrictText(bytes)
        require(
            isStrict == (bytes.text != nil && !naive.hasLoneSurrogate && !bytes.starts(with: mark)),
            "strict text: \(isStrict)"
        )
        guard isStrict, !naive.isPadded, !naive.hugeNumber, naive.deepest < 500, bytes.count <= 1024 else {
            return
        }
        let object = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        require(object != nil, "Foundation does not take it")
    }

    private static func checkLines(_ bytes: Bytes) {
        file.write(bytes)
        var naive: [(offset: Int, isEnded: Bool, line: NaiveJSON)] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0a)
            naive.append((start, end != nil, NaiveJSON(Bytes(bytes[start..<(end ?? bytes.count)]))))
            start = end.map { $0 + 1 } ?? bytes.count
        }
        let expected = naive.filter { if case .blank = $0.line.outcome { false } else { true } }
        let (wanted, fields) = (asked[2], fields[2])
        do throws(Errno) {
            let lines = try JSONLines(file.path, chunkSize: bytes.count < 64 ? 1 : 32 + bytes.count % 97)
            for each in expected {
                guard let record = try lines.next(fields) else {
                    require(false, "the line at \(each.offset) is passed over")
                    return
                }
                check(record, each.line, wanted)
                require(record.offset == each.offset && record.terminated == each.isEnded, "\(record)")
            }
            require(try lines.next(fields) == nil, "more lines than there are")
            let nulls = naive.contains {
                if case .blank = $0.line.outcome { $0.line.isPadded } else { false }
            }
            require(lines.sawNULs == nulls, "NULs: \(lines.sawNULs)")
            for each in expected.reversed() {
                let record = try lines.previous(fields)
                require(
                    record?.offset == each.offset,
                    "from the tail: \(describe(record)), not \(each.offset)"
                )
                if let record { check(record, each.line, wanted) }
            }
            require(try lines.previous(fields) == nil, "more lines from the tail than there are")
            lines.rewind()
            let isValid = naive.allSatisfy(\.line.isStrictlyValid)
            var everyLineIsValid = true
            while let record = try lines.next(.none) {
                everyLineIsValid = everyLineIsValid && record.isStrictlyValid
            }
            require(
                (everyLineIsValid && !lines.sawNULs) == isValid,
                "every line is valid: \(!isValid)"
            )
        } catch {
            require(false, "\(error)")
        }
    }

    private static func pieces(_ bytes: Bytes, _ size: Int) -> ByteFeed {
        var position = 0
        return ByteFeed(line: false) { () throws(Errno) in
            defer { position = min(bytes.count, position + size) }
            return Bytes(bytes[position..<min(bytes.count, position + size)])
        }
    }

    private static func describe(_ record: JSONRecord?) -> String { record.map { "\($0)" } ?? "nothing" }
}
