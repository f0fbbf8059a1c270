import Glibc

/// What a program prints on its standard output within a time limit; nil if it fails, says nothing or takes longer.
func output(
    of program: Path,
    _ arguments: [Bytes],
    environment: Environment,
    milliseconds: Int32,
    directory: Path? = nil
) -> String? {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own, so that whatever it started ends with it.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

    // There is one thread: the directory is changed for the time of the call.
    let here = directory == nil ? -1 : open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if here >= 0 { close(here) } }
    if let directory, directory.withCString({ chdir($0) }) != 0 {
        close(ends[1])
        return nil
    }
    var child: pid_t = 0
    let started = withStrings([program.bytes] + arguments) { argv in
        withStrings(environment.strings) { variables in
            program.withCString { posix_spawn(&child, $0, &actions, &attributes, argv, variables) }
        }
    }
    if here >= 0 { _ = fchdir(here) }
    close(ends[1])
    guard started == 0 else { return nil }
    let deadline = monotonicMilliseconds() + Int64(milliseconds)
    var text: Bytes = []
    var isWhole = false
    while text.count < 4096 {
        var ready = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
        let left = deadline - monotonicMilliseconds()
        guard left > 0, poll(&ready, 1, Int32(left)) >= 0 || errno == EINTR else { break }
        if ready.revents == 0 { continue }
        var buffer = Bytes(repeating: 0, count: 1024)
        let count = buffer.withUnsafeMutableBytes { read(ends[0], $0.baseAddress!, $0.count) }
        if count < 0, errno == EINTR { continue }
        isWhole = count == 0
        if count <= 0 { break }
        text += buffer[..<count]
    }
    // One that has closed its output may still not end.
    if isWhole, let process = try? ProcessHandle(child) {
        isWhole = process.hasEnded(within: Int32(max(0, deadline - monotonicMilliseconds())))
    }
    if !isWhole { kill(-child, SIGKILL) }
    var status: Int32 = 0
    _ = try? retrying { waitpid(child, &status, 0) }
    return isWhole && status == 0 ? text.lossyText : nil
}
