import Glibc

/// The port that agentapi will listen on. It starts its agent before it binds: a port in use is found before
/// anything starts.
struct Port: Equatable, Sendable {
    let number: Int
    /// Where agentlaunch keeps what it remembers.
    var root: Path?

    /// Binds and listens as agentapi does, and lets go at once.
    func check() throws(LaunchError) {
        guard let failure = failure() else { return }
        switch failure.code {
        case EADDRINUSE:
            throw LaunchError(
                .unavailable,
                "port \(number)",
                "in use \(holder())",
                "stop it, or choose another port with --port N"
            )
        case EACCES:
            throw LaunchError(
                .unavailable,
                "port \(number)",
                "not permitted to listen on it: \(failure)",
                "choose a port from 1024 up with --port N"
            )
        default:
            throw LaunchError(.unavailable, "port \(number)", "\(failure)", "try another one with --port N")
        }
    }

    /// All interfaces, and of both IP versions where the machine has them.
    private func failure() -> Errno? {
        let both = socket(AF_INET6, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if both >= 0 {
            defer { close(both) }
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = in_port_t(number).bigEndian
            address.sin6_addr = in6addr_any
            var only: Int32 = 0
            setsockopt(
                both,
                Int32(IPPROTO_IPV6),
                IPV6_V6ONLY,
                &only,
                socklen_t(MemoryLayout<Int32>.size)
            )
            let failure = listen(both, &address)
            // IPv6 may be compiled in and switched off.
            guard let failure, failure.code == EADDRNOTAVAIL || failure.code == EAFNOSUPPORT else {
                return failure
            }
        }
        let old = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard old >= 0 else { return Errno.last }
        defer { close(old) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(number).bigEndian
        return listen(old, &address)
    }

    private func listen<Address>(_ descriptor: Int32, _ address: inout Address) -> Errno? {
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        let size = socklen_t(MemoryLayout<Address>.size)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        // Two may bind one port to listen there; only one can.
        return bound == 0 && Glibc.listen(descriptor, 1) == 0 ? nil : Errno.last
    }

    private func holder() -> String {
        switch ListeningSockets().holder(of: number) {
        case .process(let pid):
            let name = AgentAPIProcess.name(pid).map { " (\($0))" } ?? ""
            let run = root.flatMap { Run.ofChild(pid, root: $0) }
            return "by \(pid)\(name)" + (run.map { ", which runs \($0.inWords)" } ?? "")
        case .user(let user): return "by another user's process (uid \(user))"
        case .unknown: return "by a process that is not visible from here"
        }
    }
}
