import Glibc

@testable import AgentLaunchCore

/// A new folder for one test, removed with all it holds.
final class ScratchDirectory {
    let path: Path
    var text: String { path.description }

    init() throws {
        var template = Bytes("/tmp/agentlaunch-test-XXXXXX".utf8).map { CChar(bitPattern: $0) } + [0]
        guard mkdtemp(&template) != nil else { throw Errno.last }
        path = Path(bytes: template.dropLast().map { UInt8(bitPattern: $0) })
    }

    deinit { remove(path) }

    /// Writes a file, folders on the way included.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> Path { try write(name, Bytes(text.utf8)) }

    @discardableResult
    func write(_ name: String, _ bytes: Bytes) throws -> Path {
        let file = path / name
        try makeDirectory(file.parent)
        let descriptor = file.withCString { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) }
        guard descriptor >= 0 else { throw Errno.last }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            written += try retrying {
                bytes.withUnsafeBytes {
                    Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
                }
            }
        }
        return file
    }

    /// Makes a file longer without writing to it.
    func lengthen(_ file: Path, to size: Int) throws {
        guard file.withCString({ truncate($0, size) }) == 0 else { throw Errno.last }
    }

    func link(_ name: String, to target: Path) throws {
        let made = target.withCString { target in (path / name).withCString { symlink(target, $0) } }
        guard made == 0 else { throw Errno.last }
    }

    @discardableResult
    func makeDirectory(_ folder: Path) throws -> Path {
        if try fileStatus(folder) == nil {
            try makeDirectory(folder.parent)
            guard folder.withCString({ mkdir($0, 0o700) }) == 0 || errno == EEXIST else { throw Errno.last }
        }
        return folder
    }

    private func remove(_ path: Path) {
        var status = stat()
        guard path.withCString({ lstat($0, &status) }) == 0 else { return }
        if status.isDirectory {
            for name in (try? namesInDirectory(path)) ?? [] { remove(path / name) }
            _ = path.withCString { rmdir($0) }
        } else {
            _ = path.withCString { unlink($0) }
        }
    }
}
