import Glibc

/// One request to a server on this machine, and its answer, inside somebody's poll loop: nothing here blocks.
/// There is no time limit either: agentapi answers nobody while it types a message, and that can take long.
final class HTTPExchange {
    enum Progress: Equatable {
        case waiting
        case answered(HTTPResponse)
        case failed(HTTPFailure)
    }

    /// What is read of one answer.
    static let answerLimit = 64 << 20

    /// The server has, or may have, all of the request.
    var wasSent: Bool { sent == request.count }

    private let request: Bytes
    private var sent = 0
    private var socket: Int32 = -1
    private var reader: HTTPResponseReader
    private var progress = Progress.waiting
    /// The server takes no more; it may have said why.
    private var isSendingOver = false

    init(_ request: HTTPRequest, to address: LoopbackAddress, answerLimit: Int = answerLimit) {
        self.request = request.bytes(host: address.host)
        reader = HTTPResponseReader(limit: answerLimit)
        do {
            socket = try connected(to: address.port)
        } catch {
            progress = .failed(error.code == ECONNREFUSED ? .refused : .broken(error))
        }
    }

    deinit { end() }

    /// What to wait for; nil once it is over.
    var interest: pollfd? {
        guard socket >= 0 else { return nil }
        let writing = wasSent || isSendingOver ? 0 : POLLOUT
        return pollfd(fd: socket, events: Int16(POLLIN | writing), revents: 0)
    }

    /// Moves what can be moved now.
    func advance() -> Progress {
        guard socket >= 0 else { return progress }
        do throws(HTTPFailure) {
            try send()
            if let answer = try receive() { progress = .answered(answer) }
        } catch {
            progress = .failed(error)
        }
        if progress != .waiting { end() }
        return progress
    }

    /// Hangs up.
    func end() {
        if socket >= 0 { close(socket) }
        socket = -1
    }

    private func send() throws(HTTPFailure) {
        while !wasSent, !isSendingOver {
            let count = request.withUnsafeBytes { bytes in
                Glibc.send(
                    socket,
                    bytes.baseAddress! + sent,
                    bytes.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if count >= 0 {
                sent += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: return
            case ECONNREFUSED: throw .refused
            // An answer given before all was read is still there.
            case EPIPE, ECONNRESET: isSendingOver = true
            default: throw .broken(.last)
            }
        }
    }

    /// The answer, if it is whole.
    private func receive() throws(HTTPFailure) -> HTTPResponse? {
        var chunk = Bytes(repeating: 0, count: 1 << 16)
        // A long answer does not keep the loop from its other work: what is left announces itself again.
        for _ in 0..<16 {
            let count = chunk.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
            if count == 0 { return try reader.end() }
            if count > 0 {
                if let answer = try reader.take(chunk[..<count]) { return answer }
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: return nil
            case ECONNREFUSED: throw .refused
            default: throw .broken(.last)
            }
        }
        return nil
    }
}

/// A connection that is made or being made.
private func connected(to port: Int) throws(Errno) -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_INET, kind, 0)
    guard descriptor >= 0 else { throw .last }
    do throws(Errno) {
        try connectSocket(descriptor, to: port)
        return descriptor
    } catch {
        close(descriptor)
        throw error
    }
}

/// Begins a connection to a port of 127.0.0.1.
func connectSocket(_ descriptor: Int32, to port: Int) throws(Errno) {
    var server = sockaddr_in()
    server.sin_family = sa_family_t(AF_INET)
    server.sin_port = in_port_t(port).bigEndian
    server.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafePointer(to: &server) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    if result != 0, errno != EINPROGRESS, errno != EINTR { throw .last }
    // Among the ports of outgoing connections the kernel may choose the very one that nobody listens on: the
    // connection is then to itself, and in the way of the server that is to come.
    guard localPort(of: descriptor) != server.sin_port else { throw Errno(code: ECONNREFUSED) }
}

private func localPort(of socket: Int32) -> in_port_t {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
    }
    return address.sin_port
}
