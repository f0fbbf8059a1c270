import Foundation

/// What each path answers. `/status`, `/messages` and `/message` wait for one lock, which a message that is being sent
/// holds.
final class Routes {
    private let conversation: Conversation
    private let hosts: AllowedHosts
    private let type: String
    private let release: Release
    private let chatBasePath: String
    private var waiting: [(HTTPRequest, HTTPConnection)] = []
    private var isSending = false

    init(_ conversation: Conversation, hosts: AllowedHosts, options: Options, type: String) {
        self.conversation = conversation
        self.hosts = hosts
        self.type = type
        release = options.release
        chatBasePath = options.chatBasePath
    }

    func take(_ request: HTTPRequest, _ connection: HTTPConnection) {
        guard hosts.allows(request.host) else {
            let list = hosts.names.joined(separator: ", ")
            return connection.answer(
                .text(400, "Invalid host header. Allowed hosts: \(list)"),
                closing: false
            )
        }
        switch (request.method, request.path) {
        case ("GET", "/status"), ("GET", "/messages"), ("POST", "/message"):
            waiting.append((request, connection))
        case ("GET", "/events"): connection.beginStream()
        case ("GET", "/openapi.json"):
            connection.answer(HTTPResponse(body: Array(Self.openAPI(release).utf8)), closing: false)
        case ("GET", "/"):
            let place = "Location: \(chatBasePath)/embed"
            connection.answer(
                HTTPResponse(status: 307, type: "text/html", headers: [place], body: []),
                closing: false
            )
        case ("GET", "/docs"), ("GET", "/chat"), ("GET", "/chat/embed"):
            connection.answer(
                HTTPResponse(type: "text/html", body: Array("<!doctype html>\n".utf8)),
                closing: false
            )
        case (_, "/status"), (_, "/messages"), (_, "/message"):
            connection.answer(.text(405, "Method Not Allowed"), closing: false)
        default: connection.answer(.text(404, "404 page not found"), closing: false)
        }
    }

    static func openAPI(_ release: Release) -> String {
        let version = release.numbers.map(String.init).joined(separator: ".")
        return
            "{\"info\":{\"title\":\"AgentAPI\",\"version\":\"\(version)\"},\"openapi\":\"3.1.0\",\"paths\":{}}\n"
    }

    func serveWaiting(_ now: Double, closing: Bool) {
        while !isSending, !waiting.isEmpty {
            let (request, connection) = waiting.removeFirst()
            if connection.isClosed { continue }
            switch request.path {
            case "/status": connection.answer(status(request, now), closing: closing)
            case "/messages": connection.answer(messages(request), closing: closing)
            default: send(request, connection, now, closing)
            }
        }
    }

    private func status(_ request: HTTPRequest, _ now: Double) -> HTTPResponse {
        var fields: [(String, JSONText)] = []
        if release.saysAgentType { fields.append(("agent_type", .text(type))) }
        fields.append(("status", .text(shownStatus(now))))
        if release.hasState { fields.append(("transport", .text("pty"))) }
        return .object("StatusResponseBody", fields, host: request.host)
    }

    private func shownStatus(_ now: Double) -> String {
        conversation.status(now) == .stable ? "stable" : "running"
    }

    private func messages(_ request: HTTPRequest) -> HTTPResponse {
        let list = conversation.messages.map { message in
            JSONText.object([
                ("id", .number(message.id)), ("content", .text(message.message)),
                ("role", .text(message.role.rawValue)), ("time", .text(message.time)),
            ])
        }
        return .object("MessagesResponseBody", [("messages", .list(list))], host: request.host)
    }

    private struct Body: Codable {
        let content: String
        let type: String
    }

    private func send(_ request: HTTPRequest, _ connection: HTTPConnection, _ now: Double, _ closing: Bool) {
        if request.body.count > HTTPConnection.bodyLimit {
            let text = "request body is too large limit=\(HTTPConnection.bodyLimit) bytes"
            return connection.answer(failure(413, text, nil, request), closing: true)
        }
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(request.body)),
            ["user", "raw"].contains(body.type)
        else {
            return connection.answer(failure(422, "validation failed", nil, request), closing: closing)
        }
        let done = HTTPResponse.object("MessageResponseBody", [("ok", .boolean(true))], host: request.host)
        if body.type == "raw" {
            conversation.agent.type(Array(body.content.utf8))
            return connection.answer(done, closing: closing)
        }
        isSending = true
        conversation.send(body.content, now) { [self] problem in
            isSending = false
            guard let problem else { return connection.answer(done, closing: closing) }
            let detail = "failed to send message: \(problem)"
            connection.answer(failure(500, "unexpected error occurred", detail, request), closing: closing)
        }
    }

    private func failure(
        _ status: Int,
        _ detail: String,
        _ reason: String?,
        _ request: HTTPRequest
    ) -> HTTPResponse {
        let titles = [
            413: "Request Entity Too Large", 422: "Unprocessable Entity", 500: "Internal Server Error",
        ]
        var fields: [(String, JSONText)] = [
            ("title", .text(titles[status] ?? "")), ("status", .number(status)), ("detail", .text(detail)),
        ]
        if let reason { fields.append(("errors", .list([.object([("message", .text(reason))])]))) }
        return .object("ErrorModel", fields, status: status, host: request.host)
    }

    /// What changed since this client's last event.
    func sendEvents(_ connection: HTTPConnection, _ now: Double) {
        for (index, message) in conversation.messages.enumerated() {
            if connection.sent.messages.count > index, connection.sent.messages[index] == message { continue }
            connection.stream(
                "message_update",
                .object([
                    ("id", .number(message.id)), ("role", .text(message.role.rawValue)),
                    ("message", .text(message.message)), ("time", .text(message.time)),
                ])
            )
        }
        connection.sent.messages = conversation.messages
        let status = shownStatus(now)
        if connection.sent.status != status {
            connection.sent.status = status
            connection.stream(
                "status_change",
                .object([("status", .text(status)), ("agent_type", .text(type))])
            )
        }
        for warning in conversation.warnings.dropFirst(connection.sent.warnings) {
            connection.sent.warnings += 1
            connection.stream(
                "agent_error",
                .object([
                    ("message", .text(warning.message)), ("level", .text("warning")),
                    ("time", .text(warning.time)),
                ])
            )
        }
    }
}

struct EventsSent {
    var messages: [Message] = []
    var status = ""
    var warnings = 0
}
