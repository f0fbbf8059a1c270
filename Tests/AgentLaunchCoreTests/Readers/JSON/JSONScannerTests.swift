import Testing

@testable import AgentLaunchCore

@Suite("JSON scanner", .timeLimit(.minutes(1)))
struct JSONScannerTests {
    /// Scans the text as one line that arrives in chunks of the given size.
    static func scan(
        _ text: Bytes,
        _ fields: JSONFields = .everything,
        chunk: Int = 7,
        limits: JSONLimits = JSONLimits()
    ) throws -> JSONRecord {
        var position = 0
        let feed = ByteFeed(line: true) { () throws(Errno) in
            let end = min(position + chunk, text.count)
            defer { position = end }
            return Bytes(text[position..<end])
        }
        var scanner = JSONScanner(feed, limits)
        return try scanner.record(fields)
    }

    @Test(
        "Valid JSON is accepted, whatever the chunks",
        arguments: [
            "{}", "[]", "0", "-0", "1.5e+10", "-12E-3", "\"\"", "true", "false", "null", " [ 1 , 2 ] ",
            #"{"a":{"b":[{},[],"x"]},"c":"\u00e9\\\/\"\b\f\n\r\t"}"#, #"{"a":1,"a":2}"#, "[[[]],[{}]]",
            "\t{\r}",
            #"["\ud83d\ude00","\ud83d","\udead\ud83d\n"]"#,
        ]
    )
    func valid(_ text: String) throws {
        for chunk in 1...5 {
            for fields in [JSONFields.everything, .none, ["a.b"]] {
                let record = try Self.scan(Bytes(text.utf8), fields, chunk: chunk)
                #expect(record.value != nil && record.isStrictlyValid, "\(text) in chunks of \(chunk)")
            }
        }
    }

    @Test(
        "What breaks the grammar is malformed, kept or skipped",
        arguments: [
            "{,}", "{\"a\"}", "{\"a\":}", "{a:1}", "[1,]", "[,1]", "[1 2]", "{\"a\":1,}", "01", "-x", "1.x",
            "1ex",
            "+1", ".5", "tru3", "nul1", "\"\u{1}\"", #""\x""#, #""\u12g4""#, "{} {}", "]", "}", "[}", "{]",
            "NaN", "'a'",
            "{\"a\":1]", "[1}", "{\"a\":[}]",
        ]
    )
    func malformed(_ text: String) throws {
        for fields in [JSONFields.everything, .none] {
            for wrapped in [text, "[0,\(text)", "{\"k\":\(text)"] {
                #expect(try Self.scan(Bytes(wrapped.utf8), fields).outcome == .malformed, "\(wrapped)")
            }
        }
    }

    @Test("Every beginning of a line is torn, and no beginning is mistaken for the whole")
    func torn() throws {
        let line = Bytes(#"{"type":"user","n":[-1.5e3,true,null],"t":"\u00e9\ud83d\ude00é"}"#.utf8)
        for end in 1..<line.count {
            for fields in [JSONFields.everything, .none] {
                #expect(try Self.scan(Bytes(line[..<end]), fields).outcome == .torn, "\(end) bytes")
            }
        }
        #expect(try Self.scan(line).value != nil)
    }

    @Test("Lone surrogates and bytes that are not UTF-8 become U+FFFD, pairs their character")
    func replacement() throws {
        let text = try Self.scan(
            Bytes(#"["\ud83d\ude00","\ud83d","\ude00","\ud83dx\ud83d\ud83d\ude00","\ud83d\n"]"#.utf8)
        )
        #expect(
            text.value == ["\u{1f600}", "\u{fffd}", "\u{fffd}", "\u{fffd}x\u{fffd}\u{1f600}", "\u{fffd}\n"]
        )
        let raw = try Self.scan([0x22, 0x61, 0xff, 0xc3, 0x22])
        #expect(raw.value?.text == "a\u{fffd}\u{fffd}")
    }

    @Test("NULs around a value are tolerated and noted, and strict parsing refuses them")
    func padding() throws {
        let record = try Self.scan(Bytes("\0\0{\"a\":1} \0\0".utf8))
        #expect(record.value == ["a": 1])
        #expect(record.padded && !record.isStrictlyValid)
        #expect(try Self.scan(Bytes("{\"a\0\":1}".utf8)).outcome == .malformed)
        #expect(try Self.scan(Bytes("\0\0 ".utf8)).outcome == .blank)
        #expect(try Self.scan([]).outcome == .blank)
    }

    @Test("Only the fields asked for are kept, arrays looked through")
    func fields() throws {
        let line = Bytes(
            #"""
            {"x":{"type":"no"},"type":"user","message":{"role":"user","content":[{"type":"text","text":"hi","data":"z"},
            {"type":"image","source":{"data":"AAAA"}},"plain"]},"payload":{"id":7,"other":[1,2]}}
            """#.filter { $0 != "\n" }.utf8
        )
        let fields: JSONFields = [
            "type", "message.content", "message.content.type", "message.content.text", "payload.id",
        ]
        let value = try #require(try Self.scan(line, fields).value)
        #expect(
            value == [
                "type": "user",
                "message": ["content": [["type": "text", "text": "hi"], ["type": "image"], "plain"]],
                "payload": ["id": 7],
            ]
        )
        #expect(value["payload"]?["id"]?.integer == 7)
        #expect(value["missing"] == nil)
    }

    @Test("The last value of a repeated name counts")
    func duplicates() throws {
        let value = try #require(
            try Self.scan(Bytes(#"{"type":"user","type":"system"}"#.utf8), ["type"]).value
        )
        #expect(value["type"]?.text == "system")
    }

    @Test("Names are compared after their escapes are read")
    func escapedName() throws {
        #expect(try Self.scan(Bytes(#"{"\u0074ype":"user"}"#.utf8), ["type"]).value?["type"]?.text == "user")
    }

    @Test("A string over the limit is reported as too large, and what stands beside it is kept")
    func longString() throws {
        let long = String(repeating: "x", count: 5000)
        let line = Bytes(#"{"big":"\#(long)","list":["\#(long)",1],"type":"user"}"#.utf8)
        let value = try #require(try Self.scan(line, limits: JSONLimits(string: 1000)).value)
        #expect(value == ["big": .tooLarge, "list": [.tooLarge, 1], "type": "user"])
    }

    @Test("A container over the limit is dropped, and what stands beside it is kept")
    func manyElements() throws {
        let many = Array(repeating: "1", count: 5000).joined(separator: ",")
        let line = Bytes(#"{"a":[\#(many)],"b":{"c":[\#(many)]},"type":"user"}"#.utf8)
        let value = try #require(try Self.scan(line, limits: JSONLimits(total: 4000)).value)
        #expect(value["type"]?.text == "user")
        #expect(value["a"] == .tooLarge)
        #expect(value["b"]?["c"] == .tooLarge)
    }

    @Test("A hundred thousand levels overflow no stack, closed or not, kept or skipped")
    func deep() throws {
        let levels = 100_000
        for (opening, closing) in [("[", "]"), (#"{"a":"#, "}")] {
            let open = Bytes(String(repeating: opening, count: levels).utf8)
            let whole = open + Bytes("1".utf8) + Bytes(String(repeating: closing, count: levels).utf8)
            for fields in [JSONFields.everything, .none, ["a.a.a"]] {
                #expect(try Self.scan(whole, fields, chunk: 1 << 16).value != nil)
            }
            #expect(try Self.scan(open, chunk: 1 << 16).outcome == .torn)
        }
        let shallow = JSONLimits(depth: 100)
        #expect(
            try Self.scan(Bytes(String(repeating: "[", count: 200).utf8), limits: shallow).outcome
                == .malformed
        )
    }

    @Test("A number keeps its digits; one of a million digits is too large")
    func numbers() throws {
        #expect(try Self.scan(Bytes("12345678901234567890".utf8)).value == .number("12345678901234567890"))
        #expect(JSONValue.number("9007199254740993").integer == 9_007_199_254_740_993)
        #expect(JSONValue.number("1e3").integer == 1000)
        #expect(JSONValue.number("1.5").integer == nil)
        #expect(try Self.scan(Bytes(repeating: 0x39, count: 1_000_000), chunk: 4096).value == .tooLarge)
    }

    /// Found by fuzzing: such a number was kept as null.
    @Test("Values nested deeper than the limit are too large, not different")
    func belowTheKeptDepth() throws {
        for scalar in ["7", #""text""#] {
            let text = String(repeating: "[", count: 64) + scalar + String(repeating: "]", count: 64)
            var value = try #require(try Self.scan(Bytes(text.utf8)).value)
            for _ in 0..<64 { value = try #require(value.elements?.first) }
            #expect(value == .tooLarge)
        }
    }

    @Test("A document may have line feeds and a byte order mark")
    func document() {
        #expect(JSONValue(parsing: "\u{feff}{\n \"a\": [\n1 ]\n}\n") == ["a": [1]])
        #expect(JSONValue(parsing: "{\"a\":") == nil)
        #expect(JSONValue(parsing: "") == nil)
    }

    @Test("The depth is told, kept or skipped, torn or whole")
    func depth() throws {
        for fields in [JSONFields.everything, .none, ["a.b"]] {
            #expect(try Self.scan(Bytes("1".utf8), fields).depth == 0)
            #expect(try Self.scan(Bytes(#"{"a":[{"b":[]},[1]]}"#.utf8), fields).depth == 4)
            #expect(try Self.scan(Bytes(String(repeating: "[", count: 300).utf8), fields).depth == 300)
        }
    }

    @Test("A byte order mark before a line is noted like padding")
    func byteOrderMark() throws {
        let record = try Self.scan([0xef, 0xbb, 0xbf] + Bytes("{}".utf8))
        #expect(record.value == [:] && !record.isStrictlyValid)
        #expect(try Self.scan([0xef, 0xbb, 0x20] + Bytes("{}".utf8)).outcome == .malformed)
    }

    @Test("A read error is neither torn nor malformed")
    func readError() {
        let feed = ByteFeed(line: true, first: Bytes("{\"a\":".utf8)) { () throws(Errno) in
            throw Errno(code: 5)
        }
        var scanner = JSONScanner(feed)
        #expect(throws: Errno(code: 5)) { try scanner.record(.everything) }
    }
}
