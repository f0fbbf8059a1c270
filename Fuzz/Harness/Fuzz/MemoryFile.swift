import CHarness
import Glibc

@testable import AgentLaunchCore

/// A file in memory that can be opened by its path, for readers that take nothing else.
final class MemoryFile: Sendable {
    private let descriptor: Int32
    let path: Path

    /// At `path`, or without a name.
    init(at path: Path? = nil) {
        if let path {
            descriptor = path.withCString { open($0, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) }
            self.path = path
        } else {
            descriptor = memory_file()
            self.path = Path("/proc/self/fd/\(descriptor)")
        }
        require(descriptor >= 0, "no file: \(Errno.last)")
    }

    deinit { close(descriptor) }

    func write(_ bytes: Bytes) {
        require(ftruncate(descriptor, 0) == 0, "ftruncate: \(Errno.last)")
        let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        require(written == bytes.count || bytes.isEmpty, "pwrite: \(Errno.last)")
    }
}
