import Foundation
import Testing

@testable import AgentLaunchCore

@Suite("An HTTP exchange in a poll loop", .timeLimit(.minutes(1)))
struct HTTPExchangeTests {
    /// Waits for nothing but what the exchange says it waits for.
    private func result(of exchange: HTTPExchange) -> HTTPExchange.Progress {
        while true {
            let progress = exchange.advance()
            guard progress == .waiting, var interest = exchange.interest else { return progress }
            poll(&interest, 1, -1)
        }
    }

    @Test("The request has the host, its length, and asks for the connection's end")
    func request() throws {
        let server = try LoopbackServer { _ in httpAnswer("{}") }
        defer { server.stop() }
        var environment = Environment()
        environment["AGENTAPI_ALLOWED_HOSTS"] = Bytes("chat.example \t other".utf8)
        let address = LoopbackAddress(port: server.port, environment: environment)
        let exchange = HTTPExchange(.post("/message", ["type": "user"]), to: address)
        #expect(result(of: exchange) == .answered(HTTPResponse(status: 200, body: Bytes("{}".utf8))))
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /message HTTP/1.1")
        #expect(request.headers.contains("Host: chat.example:\(server.port)"))
        #expect(request.headers.contains("Connection: close"))
        #expect(request.headers.contains("Content-Length: 15"))
        #expect(request.body == Bytes(#"{"type":"user"}"#.utf8))
    }

    @Test("A text of 4 MiB arrives byte for byte, with every character that JSON escapes")
    func largeBody() throws {
        let server = try LoopbackServer { _ in httpAnswer("") }
        defer { server.stop() }
        let odd = (0..<0x20).map { String(UnicodeScalar(UInt8($0))) }.joined() + "\"\\/é\u{7f}\u{85}\u{2028}🚀"
        let text = String(repeating: odd, count: (4 << 20) / odd.utf8.count)
        let request = ChatRequest.send.http(sending: Bytes(text.utf8))
        let exchange = HTTPExchange(request, to: LoopbackAddress(server.port))
        #expect(!exchange.wasSent)
        #expect(result(of: exchange) == .answered(HTTPResponse(status: 200, body: [])))
        #expect(exchange.wasSent)
        let body = try #require(server.requests.first?.body)
        let sent = try JSONDecoder().decode([String: String].self, from: Data(body))
        #expect(sent["content"].map { Bytes($0.utf8) } == Bytes(text.utf8))
        #expect(sent["type"] == "user")
    }

    @Test("A large answer is read whole; one over the limit is an error, not memory")
    func largeAnswer() throws {
        let text = String(repeating: "x", count: 8 << 20)
        let server = try LoopbackServer { _ in httpAnswer(text) }
        defer { server.stop() }
        let address = LoopbackAddress(server.port)
        let whole = HTTPExchange(.get("/messages"), to: address)
        #expect(result(of: whole) == .answered(HTTPResponse(status: 200, body: Bytes(text.utf8))))
        let cut = HTTPExchange(.get("/messages"), to: address, answerLimit: (8 << 20) - 1)
        #expect(result(of: cut) == .failed(.tooLarge))
        #expect(cut.interest == nil)
    }

    @Test("A port without a listener is refused, and nothing is sent")
    func refused() throws {
        let bound = try boundSocket()
        defer { close(bound.descriptor) }
        let exchange = HTTPExchange(.get("/status"), to: LoopbackAddress(bound.port))
        #expect(result(of: exchange) == .failed(.refused))
        #expect(!exchange.wasSent)
    }

    @Test("A self-connection, which the kernel makes without a listener, counts as refused")
    func selfConnection() throws {
        let bound = try boundSocket()
        defer { close(bound.descriptor) }
        #expect(throws: Errno(code: ECONNREFUSED)) { try connectSocket(bound.descriptor, to: bound.port) }
    }

    @Test("A server that hangs up without an answer had the whole request")
    func tornAnswer() throws {
        let server = try LoopbackServer { _ in nil }
        defer { server.stop() }
        let exchange = HTTPExchange(.post("/message", [:]), to: LoopbackAddress(server.port))
        #expect(result(of: exchange) == .failed(.torn))
        #expect(exchange.wasSent)
    }

    @Test("A server that answers before it has read all is heard")
    func earlyAnswer() throws {
        let (listener, port) = try boundSocket()
        listen(listener, 1)
        defer { close(listener) }
        let body = JSONValue.string(String(repeating: "x", count: 32 << 20))
        let exchange = HTTPExchange(.post("/message", body), to: LoopbackAddress(port))
        #expect(exchange.advance() == .waiting)
        let connection = accept(listener, nil, nil)
        writeAll(httpAnswer("large", status: 413), to: connection)
        shutdown(connection, Int32(SHUT_WR))
        #expect(result(of: exchange) == .answered(HTTPResponse(status: 413, body: Bytes("large".utf8))))
        #expect(!exchange.wasSent)
        close(connection)
    }

    @Test("A server that does not answer is waited for without using the CPU")
    func silentServer() throws {
        let (listener, port) = try boundSocket()
        listen(listener, 1)
        defer { close(listener) }
        let exchange = HTTPExchange(.get("/status"), to: LoopbackAddress(port))
        #expect(exchange.advance() == .waiting)
        var interest = try #require(exchange.interest)
        #expect(interest.events == Int16(POLLIN))
        #expect(poll(&interest, 1, 0) == 0)
        exchange.end()
        #expect(exchange.interest == nil)
    }
}

@Suite("agentapi's address", .timeLimit(.minutes(1)))
struct AgentAPIAddressTests {
    @Test(
        "The Host header is a name that agentapi allows",
        arguments: [
            ("", "localhost"), ("*", "localhost"), ("a.example LOCALHOST", "localhost"),
            ("a.example *", "localhost"),
            ("a.example b.example", "a.example"), ("\n 127.0.0.1", "127.0.0.1"), ("[::1]", "[::1]"),
        ]
    )
    func host(_ allowed: String, _ name: String) {
        let environment = Environment(["AGENTAPI_ALLOWED_HOSTS": allowed])
        #expect(LoopbackAddress(port: 8080, environment: environment).host == "\(name):8080")
    }
}
