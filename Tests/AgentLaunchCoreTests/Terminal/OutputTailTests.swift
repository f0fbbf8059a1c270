import Testing

@testable import AgentLaunchCore

@Suite("An agent's last output", .timeLimit(.minutes(1)))
struct OutputTailTests {
    private func words(_ pieces: String...) -> String? {
        let tail = OutputTail()
        for piece in pieces { Bytes(piece.utf8).withUnsafeBytes { tail.sawOutput($0) } }
        return tail.words
    }

    @Test("the last three lines that are not empty, as one")
    func lastLines() {
        #expect(words("one\r\ntwo\r\n\r\nthree\r\n  \r\nfour\r\n") == "two / three / four")
        #expect(words("no line", " end") == "no line end")
    }

    @Test("without colours, titles, character sets and control characters")
    func plain() {
        #expect(
            words("\u{1b}[31mError:\u{1b}[0m\u{7} no\u{1b}(B such\tsession\u{1b}]0;title\u{7}!")
                == "Error: no such session!"
        )
        #expect(words("a\u{1b}P1;2qdata\u{1b}\\b\u{1b}7c") == "abc")
    }

    @Test("a sequence that is cut at the start of what is kept costs no more than itself")
    func bounded() {
        let noise = String(repeating: "x", count: 5000) + "\n"
        let tail = OutputTail()
        for _ in 0..<100 { Bytes(noise.utf8).withUnsafeBytes { tail.sawOutput($0) } }
        Bytes("the end\n".utf8).withUnsafeBytes { tail.sawOutput($0) }
        let words = tail.words ?? ""
        #expect(words.hasSuffix("the end"))
        #expect(words.count <= 401)
    }

    @Test("from agentapi's output, the failed agent's screen, never its command line")
    func screen() {
        let log = "time=2026-11-21T10:00:00Z level=INFO msg=\"Running: claude -- secret task\"\n"
        let end =
            "agent exited with error:\n  - ========\nNo conversation found\n\n========\n:\n  - non-zero exit code\n"
        #expect(words(log, end) == "No conversation found")
        #expect(words(log) == nil)
        #expect(words(log, "panic: nil\n") == "panic: nil")
    }

    @Test("nothing, where nothing was printed")
    func nothing() {
        #expect(words() == nil)
        #expect(words("\r\n \u{1b}[2J\n") == nil)
        let tail = OutputTail()
        Bytes("before".utf8).withUnsafeBytes { tail.sawOutput($0) }
        tail.clear()
        #expect(tail.words == nil)
    }
}
