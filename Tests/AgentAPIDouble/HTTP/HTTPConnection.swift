import Foundation

struct HTTPRequest {
    let method: String
    let path: String
    let host: String
    let keepsAlive: Bool
    let body: [UInt8]
}

/// One client: reads requests one after the other and writes answers.
final class HTTPConnection {
    enum Parsed {
        case incomplete
        case request(HTTPRequest)
        case refused(status: Int, message: String)
    }

    /// As the HTTP library of agentapi limits a body.
    static let bodyLimit = 1024 * 1024

    let descriptor: Int32
    let openedAt: Double
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var hasReceived = false
    private var inputHasEnded = false
    private var continueIsSent = false
    private(set) var isClosed = false
    /// A request is being worked on.
    var isBusy = false
    /// Server-sent events: never idle, dropped at once at a stop.
    var isStream = false
    var closesAfterAnswer = false
    /// What a stream's client has got so far.
    var sent = EventsSent()

    init(_ descriptor: Int32, _ now: Double) {
        self.descriptor = descriptor
        openedAt = now
    }

    var interests: Int16 { (inputHasEnded ? 0 : Int16(POLLIN)) | (output.isEmpty ? 0 : Int16(POLLOUT)) }

    /// Holds up a stop: a request or a part of one, an answer not yet read, or a fresh connection without a word.
    func isActive(_ now: Double, patience: Double) -> Bool {
        if isClosed || isStream { return false }
        return isBusy || !input.isEmpty || !output.isEmpty || !hasReceived && now - openedAt < patience
    }

    func receive() {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while !isClosed, !inputHasEnded {
            let count = read(descriptor, &buffer, buffer.count)
            if count == -1, errno == EINTR { continue }
            if count == -1, errno == EAGAIN { return }
            guard count > 0 else { return endInput() }
            hasReceived = true
            if !isStream { input += buffer[..<count] }
        }
    }

    /// A client that says no more still gets the answer it waits for.
    private func endInput() {
        inputHasEnded = true
        closesAfterAnswer = true
        if isStream || !isBusy && output.isEmpty && headEnd() == nil { close() }
    }

    func next() -> Parsed {
        guard !isBusy, !isClosed, let end = headEnd() else { return .incomplete }
        let lines = String(decoding: input[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else {
            return .refused(status: 400, message: "400 Bad Request")
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[line[..<colon].lowercased()] = value
        }
        if headers["transfer-encoding"] != nil {
            return .refused(status: 411, message: "411 Length Required")
        }
        let length = headers["content-length"].map { Int($0) ?? -1 } ?? 0
        guard length >= 0 else { return .refused(status: 400, message: "400 Bad Request") }
        if headers["expect"]?.lowercased() == "100-continue", !continueIsSent {
            continueIsSent = true
            output += Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
            flush()
        }
        let start = end + 4
        guard input.count >= start + min(length, Self.bodyLimit + 1) else {
            if inputHasEnded { close() }
            return .incomplete
        }
        continueIsSent = false
        let request = HTTPRequest(
            method: words[0],
            path: String(words[1].prefix { $0 != "?" }),
            host: headers["host"] ?? "",
            keepsAlive: words[2] == "HTTP/1.1" && headers["connection"]?.lowercased() != "close"
                && length <= Self.bodyLimit,
            body: Array(input[start..<min(start + length, input.count)])
        )
        input.removeFirst(min(start + length, input.count))
        isBusy = true
        closesAfterAnswer = inputHasEnded || !request.keepsAlive
        return .request(request)
    }

    private func headEnd() -> Int? {
        guard input.count >= 4 else { return nil }
        return (0...(input.count - 4)).first { index in
            input[index] == 13 && input[index + 1] == 10 && input[index + 2] == 13 && input[index + 3] == 10
        }
    }

    func answer(_ response: HTTPResponse, closing: Bool) {
        isBusy = false
        if closing { closesAfterAnswer = true }
        output += response.bytes(closing: closesAfterAnswer)
        flush()
    }

    func beginStream() {
        isStream = true
        isBusy = false
        output += Array(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n\r\n".utf8
        )
        flush()
    }

    func stream(_ event: String, _ data: JSONText) {
        output += Array("event: \(event)\ndata: \(data.written(escapingMarkup: false))\n\n".utf8)
        flush()
    }

    func flush() {
        while !output.isEmpty, !isClosed {
            let count = send(descriptor, output, output.count, Int32(MSG_NOSIGNAL))
            if count == -1, errno == EAGAIN { return }
            guard count > 0 else { return close() }
            output.removeFirst(count)
        }
        if closesAfterAnswer, !isBusy, !isStream { close() }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        Glibc.close(descriptor)
    }
}

struct HTTPResponse {
    var status = 200
    var type = "application/json"
    var headers: [String] = []
    var body: [UInt8]

    func bytes(closing: Bool) -> [UInt8] {
        let words = [
            200: "OK", 307: "Temporary Redirect", 400: "Bad Request", 404: "Not Found",
            405: "Method Not Allowed",
            411: "Length Required", 413: "Request Entity Too Large", 422: "Unprocessable Entity",
            500: "Internal Server Error",
        ]
        var head = "HTTP/1.1 \(status) \(words[status] ?? "")\r\nContent-Type: \(type)\r\n"
        head += "Content-Length: \(body.count)\r\n"
        for header in headers { head += header + "\r\n" }
        if closing { head += "Connection: close\r\n" }
        return Array((head + "\r\n").utf8) + body
    }

    /// A body as the HTTP library of agentapi writes it, with its link to a schema.
    static func object(
        _ schema: String,
        _ fields: [(String, JSONText)],
        status: Int = 200,
        host: String
    ) -> HTTPResponse {
        let link = ("$schema", JSONText.text("http://\(host)/schemas/\(schema).json"))
        let text = JSONText.object([link] + fields).written(escapingMarkup: false) + "\n"
        return HTTPResponse(
            status: status,
            type: status < 400 ? "application/json" : "application/problem+json",
            headers: ["Link: </schemas/\(schema).json>; rel=\"describedBy\""],
            body: Array(text.utf8)
        )
    }

    static func text(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(status: status, type: "text/plain; charset=utf-8", body: Array((text + "\n").utf8))
    }
}
