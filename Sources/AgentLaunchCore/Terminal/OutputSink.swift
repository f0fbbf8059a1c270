import Glibc

/// Writes to a descriptor of the caller's without ever waiting and without setting O_NONBLOCK on
/// it: that flag belongs to the open file, which the caller's shell and its other programs share,
/// and would stay behind.
struct OutputSink {
    /// What to poll and write: the caller's descriptor, or one of our own to the same file.
    let descriptor: Int32
    private let method: Method

    private enum Method: Equatable {
        /// Opened anew, so non-blocking for us alone.
        case reopened
        case socket
        /// Never waits: regular files, block devices.
        case direct
        /// May not be opened anew (another user's, say): pieces that fit if poll says so.
        case pieces(of: Int)
    }

    enum Outcome: Equatable {
        case wrote(Int)
        case wouldBlock
        case failed(Errno)
    }

    init(_ original: Int32) {
        var status = stat()
        let kind = fstat(original, &status) == 0 ? status.st_mode & S_IFMT : S_IFREG
        var reopened: Int32?
        if kind == S_IFIFO || kind == S_IFCHR { reopened = openAnew(original, O_WRONLY) }
        descriptor = reopened ?? original
        switch kind {
        case S_IFSOCK: method = .socket
        case S_IFIFO: method = reopened == nil ? .pieces(of: Int(PIPE_BUF)) : .reopened
        case S_IFCHR: method = reopened == nil ? .pieces(of: 256) : .reopened
        default: method = .direct
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        let count: Int
        switch method {
        case .socket:
            count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
        case .pieces(let size):
            guard isWritable else { return .wouldBlock }
            count = Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, size))
        case .reopened, .direct:
            count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        }
        if count >= 0 { return .wrote(count) }
        return [EAGAIN, EWOULDBLOCK, EINTR].contains(errno) ? .wouldBlock : .failed(.last)
    }

    private var isWritable: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, 0) == 1
    }
}

/// The same file through a description of our own, non-blocking; nil if it may not be opened.
func openAnew(_ descriptor: Int32, _ access: Int32) -> Int32? {
    let opened = open("/proc/self/fd/\(descriptor)", access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    return opened == -1 ? nil : opened
}
