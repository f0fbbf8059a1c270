import Glibc

@testable import AgentLaunchCore

/// A child that waits until it is killed, under a name of its own.
final class Sleeper {
    let pid: Int32
    private var isKilled = false

    init(named name: String) throws {
        var child: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(name), strdup("600"), nil]
        defer { for argument in arguments { free(argument) } }
        let failure = posix_spawn(&child, "/bin/sleep", nil, nil, &arguments, environ)
        guard failure == 0 else { throw Errno(code: failure) }
        pid = child
        // The kernel lets the parent go on a moment before the new program's name is there.
        while ProcessStatus(child)?.arguments.first?.lossyText != name { usleep(1000) }
    }

    func kill() {
        guard !isKilled else { return }
        isKilled = true
        _ = Glibc.kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    deinit { kill() }
}
