import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("agentapi's port", .timeLimit(.minutes(1)), .serialized)
struct PortTests {
    /// A socket that listens on a port the kernel chose.
    private struct Listener: ~Copyable {
        let descriptor: Int32
        let port: Int

        init(anywhere: Bool) throws {
            // Another test's child, made at the same time, would go on listening.
            let opened = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = anywhere ? 0 : in_addr_t(0x7f00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    bind(opened, pointer, size) | listen(opened, 1) | getsockname(opened, pointer, &size)
                }
            }
            guard result == 0 else { throw Errno.last }
            descriptor = opened
            port = Int(in_port_t(bigEndian: address.sin_port))
        }

        deinit { close(descriptor) }
    }

    @Test(
        "One in use is reported with its holder, also if it listens on loopback alone",
        arguments: [true, false]
    )
    func taken(_ anywhere: Bool) throws {
        let listener = try Listener(anywhere: anywhere)
        let error = try #require(throws: LaunchError.self) { try Port(number: listener.port).check() }
        #expect(error.status == .unavailable && error.what == "port \(listener.port)")
        #expect(error.why.contains("by \(getpid()) ("))
        #expect(error.nextStep.contains("--port"))
        #expect(ListeningSockets().ports(of: getpid()).contains(listener.port))
    }

    @Test("A free one is free, and is let go of at once")
    func free() throws {
        let port = try Listener(anywhere: true).port
        for _ in 0..<3 { try Port(number: port).check() }
        #expect(!ListeningSockets().ports(of: getpid()).contains(port))
    }

    @Test("A run of agentlaunch that holds the port is named")
    func ours() throws {
        let scratch = try ScratchDirectory()
        let me = try #require(ProcessIdentity(getpid()))
        try RunFile(conversation: scratch.path / "claude/default-x").write(
            Run(
                agent: "claude",
                workdir: "/home/coder/project",
                name: "default",
                transport: .agentapi,
                launcher: me,
                child: me,
                stopTimeoutMilliseconds: 1,
                startedAt: .minute(1)
            )
        )
        let listener = try Listener(anywhere: true)
        let port = Port(number: listener.port, root: scratch.path)
        let error = try #require(throws: LaunchError.self) { try port.check() }
        #expect(error.why.contains("claude, conversation default of /home/coder/project"))
    }

    @Test("The kernel's table is read by its columns; a line that is cut is left out")
    func table() {
        let text = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:0CD4 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0
               1: 00000000000000000000000000000000:0CD5 00000000000000000000000000000000:0000 01 0:0 0:0 0 0 0 4712 1
               2: 0100007F
            """
        let sockets = ListeningSockets.parse(Bytes(text.utf8))
        #expect(sockets.map(\.port) == [3284, 3285])
        #expect(sockets.map(\.inode) == [4711, 4712])
        #expect(sockets.map(\.user) == [1000, 0])
        #expect(sockets.map(\.isListening) == [true, false])
    }

    @Test("Where the holder may not be looked into, its user is named")
    func hidden() throws {
        let scratch = try ScratchDirectory()
        let line = "   0: 00000000:0CD4 00000000:0000 0A 0:0 0:0 0 65534 0 4711 1"
        try scratch.write("self/net/tcp", "sl\n\(line)\n")
        try scratch.write("1/fd/x", "")
        var sockets = ListeningSockets()
        sockets.processes = scratch.path
        #expect(sockets.holder(of: 3284) == .unknown)
        #expect(sockets.holder(of: 3285) == .unknown)
        try scratch.link("1/fd/3", to: "socket:[4711]")
        #expect(sockets.holder(of: 3284) == .process(1))
    }
}
