import Foundation

/// agentapi's pid file: refused while its pid lives, whoever that is; not locked.
struct PIDFile {
    struct Failure: Error {
        let message: String
    }

    let path: String

    func write() throws(Failure) {
        do {
            try makeFolders(folder(of: path), mode: 0o700)
            if let content = try readFile(path), let pid = Self.number(content) {
                if Self.isRunning(pid) {
                    throw Failure(
                        message: "another instance is already running with PID \(pid) (PID file: \(path))"
                    )
                }
                Log.warn(
                    "Found stale PID file, will overwrite",
                    [("pidFile", path), ("stalePID", String(pid))]
                )
            }
            try writeFile(path, Array("\(getpid())\n".utf8), mode: 0o600)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(message: "\(error)")
        }
        Log.info("Wrote PID file", [("pidFile", path), ("pid", String(getpid()))])
    }

    /// Only a file that still holds our pid is removed.
    func remove() {
        guard let content = try? readFile(path) else { return }
        guard Self.number(content) == Int(getpid()) else {
            Log.info("PID file belongs to another process, skipping cleanup", [("pidFile", path)])
            return
        }
        if RawText.with(path, { unlink($0) }) == 0 { Log.info("Removed PID file", [("pidFile", path)]) }
    }

    private static func number(_ bytes: [UInt8]) -> Int? {
        Int(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func isRunning(_ pid: Int) -> Bool {
        guard pid > 0, let pid = pid_t(exactly: pid) else { return false }
        return kill(pid, 0) == 0 || errno == EPERM
    }
}

/// A failed call, worded as Go words it.
struct FileFailure: Error, CustomStringConvertible {
    let description: String

    init(_ call: String, _ path: String) {
        description = "\(call) \(path): \(String(cString: strerror(errno)).lowercased())"
    }
}

func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

func makeFolders(_ path: String, mode: mode_t) throws {
    if path.isEmpty || path == "/" || path == "." { return }
    var status = stat()
    if RawText.with(path, { stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
    try makeFolders(folder(of: path), mode: mode)
    guard RawText.with(path, { mkdir($0, mode) }) == 0 || errno == EEXIST else {
        throw FileFailure("mkdir", path)
    }
}

/// nil: not there.
func readFile(_ path: String) throws -> [UInt8]? {
    let descriptor = RawText.with(path) { open($0, O_RDONLY | O_CLOEXEC) }
    if descriptor == -1, errno == ENOENT { return nil }
    guard descriptor != -1 else { throw FileFailure("open", path) }
    defer { close(descriptor) }
    return readAll(descriptor)
}

func readAll(_ descriptor: Int32) -> [UInt8] {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count == -1, errno == EINTR { continue }
        if count <= 0 { return result }
        result += buffer[..<count]
    }
}

func writeFile(_ path: String, _ bytes: [UInt8], mode: mode_t, synchronized: Bool = false) throws {
    let descriptor = RawText.with(path) { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode) }
    guard descriptor != -1 else { throw FileFailure("open", path) }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count == -1, errno == EINTR { continue }
        guard count > 0 else { throw FileFailure("write", path) }
        rest = rest.dropFirst(count)
    }
    if synchronized, fsync(descriptor) != 0 { throw FileFailure("sync", path) }
}
