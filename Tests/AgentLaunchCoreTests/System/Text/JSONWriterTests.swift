import Testing

@testable import AgentLaunchCore

@Suite("JSON writer", .timeLimit(.minutes(1)))
struct JSONWriterTests {
    @Test("Keys stand in the order given; compact has no white space")
    func compact() {
        let value: JSONValue = ["z": 1, "a": [true, false, nil, "x"], "e": [:], "l": []]
        #expect(JSONWriter.compact(value).lossyText == #"{"z":1,"a":[true,false,null,"x"],"e":{},"l":[]}"#)
    }

    @Test("Pretty indents by two and ends in a line break")
    func pretty() {
        let value: JSONValue = ["z": 1, "a": [true, ["k": []]]]
        let expected = """
            {
              "z": 1,
              "a": [
                true,
                {
                  "k": []
                }
              ]
            }

            """
        #expect(JSONWriter.pretty(value).lossyText == expected)
    }

    @Test("Quotes, controls and C1 controls are escaped, other text is not")
    func escapes() {
        let text = "\"\\/\n\r\t\u{8}\u{0}\u{1b}\u{7f}\u{9b}é😀\u{2028}"
        let expected = #""\"\\/\n\r\t\u0008\u0000\u001b\u007f\u009bé😀"# + "\u{2028}\""
        #expect(JSONWriter.compact(.string(text)).lossyText == expected)
    }

    @Test("Bytes that are not UTF-8 are replaced")
    func notUTF8() {
        #expect(JSONWriter.compact(.string(bytes: [0x61, 0xff, 0x62])) == Bytes("\"a\u{fffd}b\"".utf8))
    }

    @Test("What is written is read again as the same value")
    func roundTrip() {
        let value: JSONValue = ["text": "a\u{0}\"\\\u{1f}é😀\r\n", "list": [1, -2, ["deep": nil]], "": ""]
        #expect(JSONValue(parsing: JSONWriter.compact(value)) == value)
        #expect(JSONValue(parsing: JSONWriter.pretty(value)) == value)
    }
}
