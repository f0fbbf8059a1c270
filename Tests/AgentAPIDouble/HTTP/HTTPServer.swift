import Foundation

/// agentapi's HTTP side: one request after the other waits while a message is being sent.
final class HTTPServer {
    private(set) var listener: Int32 = -1
    private(set) var connections: [HTTPConnection] = []
    private let routes: Routes
    private let knobs: Knobs
    private var isStopping = false

    init(_ routes: Routes, knobs: Knobs) {
        self.routes = routes
        self.knobs = knobs
    }

    struct NotBound: Error {
        let message: String
    }

    func bind(port: Int) throws(NotBound) {
        guard (0...65535).contains(port) else {
            throw NotBound(message: "listen tcp: address \(port): invalid port")
        }
        let taken = NotBound(message: "listen tcp :\(port): bind: address already in use")
        // Every listener on this port, whatever its address, is in the way of one on all interfaces.
        let probe = Self.socketOnAll(port)
        guard probe != -1 else { throw taken }
        if knobs.listensOnAll {
            listener = probe
        } else {
            Glibc.close(probe)
            listener = Self.socketOnLoopback(port)
        }
        guard listener != -1, listen(listener, 128) == 0 else { throw taken }
    }

    private static func openSocket(_ family: Int32) -> Int32 {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, flags, 0)
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }

    private static func bound<Address>(_ descriptor: Int32, _ address: Address) -> Int32 {
        let result = withUnsafeBytes(of: address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                Glibc.bind(descriptor, $0.baseAddress, socklen_t(bytes.count))
            }
        }
        if result == 0 { return descriptor }
        Glibc.close(descriptor)
        return -1
    }

    private static func socketOnAll(_ port: Int) -> Int32 {
        let descriptor = openSocket(AF_INET6)
        guard descriptor != -1 else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            return bound(openSocket(AF_INET), address)
        }
        var off: Int32 = 0
        setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = in_port_t(port).bigEndian
        return bound(descriptor, address)
    }

    private static func socketOnLoopback(_ port: Int) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return bound(openSocket(AF_INET), address)
    }

    /// The port that was bound, also where 0 was asked for.
    var port: Int {
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        _ = withUnsafeMutableBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { getsockname(listener, $0.baseAddress, &size) }
        }
        return Int(in_port_t(bigEndian: address.sin6_port))
    }

    func acceptAll(_ now: Double) {
        while listener != -1 {
            let descriptor = accept(listener, nil, nil)
            guard descriptor != -1 else { return }
            setFlags(descriptor)
            connections.append(HTTPConnection(descriptor, now))
        }
    }

    /// Reads, answers, writes; called after every poll.
    func serve(_ now: Double) {
        for connection in connections {
            connection.receive()
            connection.flush()
            take(connection, now)
        }
        routes.serveWaiting(now, closing: isStopping)
        for connection in connections where connection.isStream { routes.sendEvents(connection, now) }
        connections.removeAll(where: \.isClosed)
    }

    private func take(_ connection: HTTPConnection, _ now: Double) {
        switch connection.next() {
        case .incomplete: break
        case .refused(let status, let message): connection.answer(.text(status, message), closing: true)
        case .request(let request): routes.take(request, connection)
        }
    }

    /// No new clients; idle ones and streams are dropped.
    func beginStop(_ now: Double) {
        isStopping = true
        if listener != -1 { Glibc.close(listener) }
        listener = -1
        dropIdle(now)
    }

    /// True once nobody waits for an answer.
    func hasStopped(_ now: Double) -> Bool {
        dropIdle(now)
        return connections.isEmpty
    }

    private func dropIdle(_ now: Double) {
        for connection in connections where !connection.isActive(now, patience: knobs.seconds(5)) {
            connection.close()
        }
        connections.removeAll(where: \.isClosed)
    }
}
