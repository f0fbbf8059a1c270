import Glibc

/// The TCP sockets of this network namespace that wait for connections, and whose they are.
struct ListeningSockets {
    struct Socket: Equatable, Sendable {
        var port: Int
        var inode: UInt64
        var user: UInt32
        /// Or it only uses the port as its own end of a connection.
        var isListening: Bool
    }

    enum Holder: Equatable, Sendable {
        case process(Int32)
        /// Whose files we may not look at.
        case user(UInt32)
        case unknown
    }

    var processes: Path = "/proc"

    /// `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`, numbers in hexadecimal but for
    /// the user and the inode.
    static func parse(_ table: Bytes) -> [Socket] {
        table.split(separator: 0x0a).dropFirst().compactMap { line in
            let words = line.split(separator: 0x20).map { Bytes($0).lossyText }
            guard words.count > 9,
                let port = words[1].split(separator: ":").last.flatMap({ Int($0, radix: 16) }),
                let user = UInt32(words[7]), let inode = UInt64(words[9])
            else { return nil }
            return Socket(port: port, inode: inode, user: user, isListening: words[3] == "0A")
        }
    }

    func all() -> [Socket] {
        ["tcp", "tcp6"].flatMap { name in
            let table = try? contentsOfSmallFile(processes / "self/net" / name, limit: 64 << 20)
            return Self.parse((table ?? nil) ?? [])
        }
    }

    /// Who holds a port.
    func holder(of port: Int) -> Holder {
        let sockets = all().filter { $0.port == port }
        guard let socket = sockets.first(where: \.isListening) ?? sockets.first else { return .unknown }
        let wanted = Set(sockets.filter { $0.isListening == socket.isListening }.map(\.inode))
        var isHidden = false
        for name in (try? namesInDirectory(processes)) ?? [] {
            guard let pid = name.text.flatMap({ Int32($0) }) else { continue }
            guard let inodes = inodes(of: pid) else {
                isHidden = true
                continue
            }
            if !wanted.isDisjoint(with: inodes) { return .process(pid) }
        }
        return isHidden ? .user(socket.user) : .unknown
    }

    /// The ports that a process listens on; none if it may not be looked into.
    func ports(of pid: Int32) -> [Int] {
        guard let inodes = inodes(of: pid), !inodes.isEmpty else { return [] }
        return Set(all().filter { $0.isListening && inodes.contains($0.inode) }.map(\.port)).sorted()
    }

    /// Nil if the process may not be looked into.
    private func inodes(of pid: Int32) -> Set<UInt64>? {
        let folder = processes / String(pid) / "fd"
        do throws(Errno) {
            return Set(
                try namesInDirectory(folder).compactMap { name in
                    let link = (folder / name).linkTarget()?.description
                    return link?.part(after: "socket:[", before: "]").flatMap { UInt64($0) }
                }
            )
        } catch {
            return error.code == EACCES || error.code == EPERM ? nil : []
        }
    }
}
