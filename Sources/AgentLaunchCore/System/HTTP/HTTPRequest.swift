/// What a server is asked.
struct HTTPRequest: Equatable, Sendable {
    var method: String
    var path: String
    /// JSON; nil: none.
    var body: Bytes?

    static func get(_ path: String) -> HTTPRequest { HTTPRequest(method: "GET", path: path) }

    static func post(_ path: String, _ body: JSONValue) -> HTTPRequest {
        HTTPRequest(method: "POST", path: path, body: JSONWriter.compact(body))
    }

    /// As it goes over the wire. One connection serves one request.
    func bytes(host: String) -> Bytes {
        var lines = [
            "\(method) \(path) HTTP/1.1", "Host: \(host)", "Connection: close", "Accept: application/json",
        ]
        if let body { lines += ["Content-Type: application/json", "Content-Length: \(body.count)"] }
        return Bytes((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? [])
    }
}
