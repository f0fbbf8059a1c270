import Glibc

/// Writes all of it, over interruptions and descriptors that do not block. Returns false if nobody reads, which
/// is no signal either: `SIGPIPE` is held back meanwhile, and one that this write raised is taken away.
///
/// - Parameter patience: milliseconds that a reader who takes nothing is waited for; nil: however long it takes
@discardableResult
func writeAll(_ bytes: Bytes, to descriptor: Int32, patience: Int32? = nil) -> Bool {
    var pipe = sigset_t()
    var before = sigset_t()
    var pending = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    sigpending(&pending)
    pthread_sigmask(SIG_BLOCK, &pipe, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

    var rest = bytes[...]
    while !rest.isEmpty {
        // A pipe that is ready has room for this much, and the write returns at once.
        let most = patience == nil ? rest.count : min(rest.count, Int(PIPE_BUF))
        if let patience {
            var waited = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            if poll(&waited, 1, patience) == 0 { return false }
        }
        let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress!, most) }
        if written >= 0 {
            rest = rest.dropFirst(written)
        } else if errno == EAGAIN {
            var waited = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let count = poll(&waited, 1, patience ?? -1)
            if count == 0 || count < 0 && errno != EINTR { return false }
        } else if errno != EINTR {
            if errno == EPIPE, sigismember(&pending, SIGPIPE) == 0 {
                var none = timespec()
                _ = sigtimedwait(&pipe, nil, &none)
            }
            return false
        }
    }
    return true
}
