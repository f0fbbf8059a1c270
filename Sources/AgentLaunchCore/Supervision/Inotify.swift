import Glibc

/// Tells that something changed in some folders. A folder that is not there yet is watched as soon as it is.
final class Inotify {
    let descriptor: Int32
    private var watched: Set<Path> = []

    /// Nil where the kernel has no watches left: who uses this then looks again from time to time.
    init?() {
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    func watch(_ folders: [Path]) {
        let events = UInt32(IN_CREATE | IN_MODIFY | IN_MOVED_TO | IN_CLOSE_WRITE)
        for folder in folders where !watched.contains(folder) {
            if folder.withCString({ inotify_add_watch(descriptor, $0, events) }) >= 0 {
                watched.insert(folder)
            }
        }
    }

    /// Whether anything was reported since the last call.
    func drain() -> Bool {
        var buffer = Bytes(repeating: 0, count: 16 << 10)
        var changed = false
        while buffer.withUnsafeMutableBytes({ read(descriptor, $0.baseAddress!, $0.count) }) > 0 {
            changed = true
        }
        return changed
    }
}
