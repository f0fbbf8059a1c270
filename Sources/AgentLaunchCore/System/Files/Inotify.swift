import Glibc

/// Tells that something changed in some folders. A folder that is not there yet is watched as soon as it is.
final class Inotify {
    let descriptor: Int32
    private let events: UInt32
    private var watched: [Path: Int32] = [:]

    /// Files that come, and what is written to them.
    static let writes = UInt32(IN_CREATE | IN_MODIFY | IN_MOVED_TO | IN_CLOSE_WRITE)
    /// Files that come, and files that were written as a whole.
    static let files = UInt32(IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE)

    /// Nil where the kernel has no watches left: who uses this then looks again from time to time.
    init?(_ events: UInt32 = writes) {
        self.events = events
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    func watch(_ folders: [Path]) {
        for folder in folders where watched[folder] == nil {
            let watch = folder.withCString { inotify_add_watch(descriptor, $0, events) }
            if watch >= 0 { watched[folder] = watch }
        }
    }

    /// These, no others, and for each that is not there the nearest folder above it that is. False where the kernel
    /// watches not all of them.
    @discardableResult
    func watchOnly(_ folders: [Path]) -> Bool {
        var wanted = Set(folders.map(Self.nearest))
        while true {
            replace(with: wanted)
            // One that was made just before its parent was watched.
            let now = Set(folders.map(Self.nearest))
            if now == wanted { return watched.count == wanted.count }
            wanted = now
        }
    }

    private func replace(with wanted: Set<Path>) {
        for (folder, watch) in watched where !wanted.contains(folder) {
            inotify_rm_watch(descriptor, watch)
            watched[folder] = nil
        }
        watch(Array(wanted))
    }

    private static func nearest(_ folder: Path) -> Path {
        folder.ancestors.first { (try? fileStatus($0)) != nil } ?? "/"
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
