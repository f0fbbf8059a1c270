import Glibc

@testable import AgentLaunchCore

/// A process of a given name that only sleeps, or runs a shell's command.
final class NamedProcess {
    let pid: Int32
    private var hasEnded = false

    init(_ name: String, _ arguments: [String] = ["1000"], program: String = "/bin/sleep") throws {
        var pid: pid_t = 0
        var strings: [UnsafeMutablePointer<CChar>?] = ([name] + arguments).map { strdup($0) } + [nil]
        defer { for string in strings { free(string) } }
        let result = posix_spawn(&pid, program, nil, nil, &strings, environ)
        guard result == 0 else { throw Errno(code: result) }
        self.pid = pid
        // Between the vfork and the end of exec it still has our name.
        while ProcessStatus(pid)?.arguments.first != Bytes(name.utf8) { usleep(1000) }
    }

    deinit { end() }

    var process: ProcessIdentity? { ProcessIdentity(pid) }

    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    /// The signal or the code it ended with, once it has ended.
    func reap() -> ChildEnd {
        hasEnded = true
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
    }
}
