import Testing

@testable import AgentLaunchCore

@Suite("Reading HTTP answers", .timeLimit(.minutes(1)))
struct HTTPResponseReaderTests {
    static let whole: [(text: String, status: Int, body: String)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
        ("HTTP/1.0 200 OK\nContent-Length: 0\n\n", 200, ""),
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
        ("HTTP/1.1 500\r\ncontent-length:   2 \r\nX: y\r\n\r\nno", 500, "no"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0A;x=1\r\n0123456789\r\n0\r\nT: 1\r\n\r\n",
            200, "abc0123456789"
        ),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 422 Bad\r\nContent-Length: 1\r\n\r\n!", 422, "!"),
    ]

    @Test("An answer is whole with its last byte and not before, however it is cut", arguments: whole)
    func cutAnywhere(_ text: String, _ status: Int, _ body: String) throws {
        let bytes = Bytes(text.utf8)
        for cut in 0..<bytes.count {
            var reader = HTTPResponseReader(limit: 100)
            #expect(try reader.take(bytes[..<cut]) == nil)
            let answer = try reader.take(bytes[cut...])
            #expect(answer == HTTPResponse(status: status, body: Bytes(body.utf8)), "cut at \(cut)")
        }
    }

    @Test("One byte at a time gives the same", arguments: whole)
    func byteByByte(_ text: String, _ status: Int, _ body: String) throws {
        var reader = HTTPResponseReader(limit: 100)
        var answer: HTTPResponse?
        for byte in text.utf8 { answer = try reader.take([byte]) }
        #expect(answer == HTTPResponse(status: status, body: Bytes(body.utf8)))
    }

    @Test("Without a length the connection's end is the answer's end")
    func untilTheEnd() throws {
        var reader = HTTPResponseReader(limit: 100)
        #expect(try reader.take(Bytes("HTTP/1.0 200 OK\r\n\r\nab".utf8)) == nil)
        #expect(try reader.take(Bytes("cd".utf8)) == nil)
        #expect(try reader.end() == HTTPResponse(status: 200, body: Bytes("abcd".utf8)))
    }

    @Test(
        "A truncated answer is an error",
        arguments: [
            "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        ]
    )
    func torn(_ text: String) throws {
        var reader = HTTPResponseReader(limit: 100)
        #expect(try reader.take(Bytes(text.utf8)) == nil)
        #expect(throws: HTTPFailure.torn) { try reader.end() }
    }

    @Test(
        "What is not HTTP is refused",
        arguments: [
            "SSH-2.0-OpenSSH\r\n", "HTTP/2 200\r\n", "HTTP/1.1 abc\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
            String(repeating: "x", count: 70_000),
        ]
    )
    func malformed(_ text: String) {
        var reader = HTTPResponseReader(limit: 100)
        #expect(throws: HTTPFailure.malformed) { try reader.take(Bytes(text.utf8)) }
    }

    @Test(
        "More than the limit is not read, announced or not",
        arguments: [
            "Content-Length: 101\r\n", "\r\n" + String(repeating: "x", count: 101),
            "Transfer-Encoding: chunked\r\n\r\n64\r\n" + String(repeating: "x", count: 100) + "\r\n1\r\nx",
            "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n" + String(repeating: "x", count: 101),
        ]
    )
    func tooLarge(_ rest: String) {
        var reader = HTTPResponseReader(limit: 100)
        #expect(throws: HTTPFailure.tooLarge) { try reader.take(Bytes(("HTTP/1.1 200 OK\r\n" + rest).utf8)) }
    }
}
