import Testing

@testable import AgentLaunchCore

@Suite("Protocol Buffers", .timeLimit(.minutes(1)))
struct ProtobufFieldsTests {
    @Test("The examples of the format's own description are read")
    func examples() throws {
        #expect(try #require(ProtobufFields([0x08, 0x96, 0x01])).integer(1) == 150)
        let text = try #require(ProtobufFields([0x12, 0x07] + Bytes("testing".utf8)))
        #expect(text.strings(2) == [Bytes("testing".utf8)] && text.integer(2) == nil)
    }

    @Test("Fields may come several times, and fixed ones are passed over")
    func several() throws {
        let fields = try #require(
            ProtobufFields([0x0a, 1, 7, 0x0d, 1, 2, 3, 4, 0x0a, 0, 0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0xd0, 1, 5])
        )
        #expect(fields.strings(1) == [[7], []] && fields.integer(26) == 5)
        #expect(ProtobufFields([])?.strings(1) == [])
    }

    @Test(
        "Truncated and malformed messages are refused",
        arguments: [
            [0x0a], [0x0a, 2, 1], [0x08], [0x08, 0x80], [0x0d, 1], [0x0b], [0x00, 1], [0x0f],
            [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        ] as [Bytes]
    )
    func refused(_ bytes: Bytes) {
        #expect(ProtobufFields(bytes) == nil)
    }

    @Test("A number too large for a time is not a time")
    func large() throws {
        let bytes: Bytes = [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]
        #expect(try #require(ProtobufFields(bytes)).integer(1) == nil)
    }
}
