import Foundation

@testable import AgentLaunchCore

/// A server of a few lines on a free port of 127.0.0.1: each connection is one request, answered by `answer` with
/// the bytes to write before it hangs up; nil hangs up at once.
final class LoopbackServer: @unchecked Sendable {
    struct Request {
        var line: String
        var headers: [String]
        var body: Bytes
    }

    let port: Int
    private let listener: Int32
    private let answer: @Sendable (Request) -> Bytes?
    private let lock = NSLock()
    private var taken: [Request] = []

    var requests: [Request] { lock.withLock { taken } }

    init(_ answer: @escaping @Sendable (Request) -> Bytes?) throws {
        self.answer = answer
        (listener, port) = try boundSocket()
        guard listen(listener, 16) == 0 else { throw Errno.last }
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { [self] in serve(connection) }
            }
        }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        guard let request = Self.read(connection) else { return }
        lock.withLock { taken.append(request) }
        if let bytes = answer(request) { writeAll(bytes, to: connection) }
    }

    private static func read(_ connection: Int32) -> Request? {
        var received = Bytes()
        var chunk = Bytes(repeating: 0, count: 1 << 16)
        while true {
            if let end = received.firstRange(of: Bytes("\r\n\r\n".utf8)) {
                let lines = Bytes(received[..<end.lowerBound]).lossyText.components(separatedBy: "\r\n")
                let length = lines.compactMap { line -> Int? in
                    line.lowercased().hasPrefix("content-length: ") ? Int(line.dropFirst(16)) : nil
                }
                let body = received[end.upperBound...]
                if body.count >= length.first ?? 0 {
                    return Request(line: lines[0], headers: Array(lines.dropFirst()), body: Bytes(body))
                }
            }
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            received += chunk[..<count]
        }
    }
}

/// A socket on a port of 127.0.0.1 that was free. Until it listens, connections are refused.
func boundSocket() throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Errno.last }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            bind(descriptor, pointer, size) == 0 ? getsockname(descriptor, pointer, &size) : -1
        }
    }
    guard result == 0 else { throw Errno.last }
    return (descriptor, Int(in_port_t(bigEndian: address.sin_port)))
}

/// An answer as a server of one request a connection gives it.
func httpAnswer(_ body: String, status: Int = 200) -> Bytes {
    Bytes("HTTP/1.1 \(status) Any\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
}

extension LoopbackAddress {
    init(_ port: Int) { self.init(port: port, environment: Environment()) }
}
