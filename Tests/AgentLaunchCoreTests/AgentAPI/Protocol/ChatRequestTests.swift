import Testing

@testable import AgentLaunchCore

@Suite("What agentapi is asked", .timeLimit(.minutes(1)))
struct ChatRequestTests {
    @Test("A text can be sent if its request is one byte short of 1 MiB, and not with one byte more")
    func limit() throws {
        let frame = try #require(ChatRequest.send.http(sending: []).body).count
        let longest = (1 << 20) - 1 - frame
        #expect(ChatRequest.canSend(Bytes(repeating: 0x61, count: longest)))
        #expect(!ChatRequest.canSend(Bytes(repeating: 0x61, count: longest + 1)))
        // A quote takes two bytes in JSON.
        #expect(!ChatRequest.canSend(Bytes(repeating: 0x61, count: longest - 1) + [0x22]))
        #expect(ChatRequest.canSend(Bytes(repeating: 0x61, count: longest - 2) + [0x22]))
    }

    @Test("A text that JSON has to escape is the same text when it is read")
    func content() throws {
        let text = (0..<0xd800).compactMap { Unicode.Scalar($0).map(String.init) }.joined()
        let body = try #require(ChatRequest.send.http(sending: Bytes(text.utf8)).body)
        let message = try #require(JSONValue(parsing: body))
        #expect(message["content"]?.text.map { Bytes($0.utf8) } == Bytes(text.utf8))
        #expect(message["type"] == "user")
    }
}
