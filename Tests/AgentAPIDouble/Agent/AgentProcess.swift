import Foundation

/// The agent: leader of its own session on a pseudoterminal of its own, with what agentapi inherited.
final class AgentProcess {
    struct NotStarted: Error {
        let message: String
    }

    let pid: pid_t
    private(set) var master: Int32
    private(set) var terminal: TerminalParser
    /// Grows with every output.
    private(set) var changes = 0
    /// As waitpid gives it, once it has ended.
    private(set) var status: Int32?
    private var isReadable = true
    private var input: [UInt8] = []

    init(_ command: [String], width: Int, height: Int, environment: [String: String]) throws(NotStarted) {
        guard let path = Self.search(command[0], environment["PATH"] ?? "") else {
            throw NotStarted(message: Self.notFound(command[0]))
        }
        var size = winsize(
            ws_row: UInt16(height),
            ws_col: UInt16(width),
            ws_xpixel: UInt16(truncatingIfNeeded: width * 8),
            ws_ypixel: UInt16(truncatingIfNeeded: height * 8)
        )
        var master: Int32 = -1
        var slave: Int32 = -1
        var name = [CChar](repeating: 0, count: 64)
        guard openpty(&master, &slave, &name, nil, &size) == 0 else {
            throw NotStarted(message: "no pseudoterminal")
        }
        setFlags(master)
        // Kept open until the child has its own, so that what the child writes at once is not lost.
        _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
        defer { close(slave) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Opened by the leader of the new session, it becomes that session's controlling terminal.
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, 0x80)  // POSIX_SPAWN_SETSID

        var variables = environment
        variables["TERM"] = "vt100"
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { RawText.copy($0) } + [nil]
        var entries: [UnsafeMutablePointer<CChar>?] = variables.map { RawText.copy("\($0)=\($1)") } + [nil]
        defer { for pointer in arguments + entries { free(pointer) } }
        var child: pid_t = 0
        let error = RawText.with(path) {
            posix_spawn(&child, $0, &actions, &attributes, &arguments, &entries)
        }
        guard error == 0 else {
            throw NotStarted(message: "fork/exec \(path): \(String(cString: strerror(error)).lowercased())")
        }
        pid = child
        self.master = master
        terminal = TerminalParser(width: width, height: height)
    }

    private static func notFound(_ name: String) -> String {
        name.contains("/")
            ? "fork/exec \(name): no such file or directory"
            : "exec: \"\(name)\": executable file not found in $PATH"
    }

    private static func search(_ name: String, _ path: String) -> String? {
        if name.contains("/") { return RawText.with(name, { access($0, F_OK) }) == 0 ? name : nil }
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { candidate in
            var status = stat()
            return RawText.with(candidate, { stat($0, &status) }) == 0 && status.st_mode & S_IFMT == S_IFREG
                && RawText.with(candidate, { access($0, X_OK) }) == 0
        }
    }

    var interests: Int16 {
        (isReadable ? Int16(POLLIN) : 0) | (input.isEmpty ? 0 : Int16(POLLOUT))
    }

    var hasUnwrittenInput: Bool { !input.isEmpty }

    func lines() -> [String] { terminal.lines() }

    func type(_ bytes: [UInt8]) {
        input += bytes
        flush()
    }

    func flush() {
        while !input.isEmpty, master != -1 {
            let count = write(master, input, min(input.count, 4096))
            guard count > 0 else { return }
            input.removeFirst(count)
        }
    }

    func read() {
        var buffer = [UInt8](repeating: 0, count: 65536)
        for _ in 0..<16 where isReadable {
            let count = Glibc.read(master, &buffer, buffer.count)
            if count == -1, errno == EINTR { continue }
            if count == -1, errno == EAGAIN { break }
            guard count > 0 else {
                // Nobody has the terminal open any more.
                isReadable = false
                Log.error(
                    "Error reading from pseudo terminal",
                    [("error", "read /dev/ptmx: input/output error")]
                )
                break
            }
            terminal.feed(buffer[..<count])
            changes += 1
        }
        if !terminal.answers.isEmpty {
            let answers = terminal.answers
            terminal.answers = []
            type(answers)
        }
    }

    /// True once it has ended.
    func hasEnded() -> Bool {
        guard status == nil else { return true }
        var value: Int32 = 0
        guard waitpid(pid, &value, WNOHANG) == pid else { return false }
        status = value
        read()
        return true
    }

    var endedWell: Bool { status == 0 }

    func closeTerminal() {
        close(master)
        master = -1
        isReadable = false
    }
}
