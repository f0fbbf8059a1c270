import Glibc

/// A file opened for reading only; closed when it goes out of scope.
struct ReadOnlyFile: ~Copyable {
    let descriptor: Int32
    let path: Path

    init(_ path: Path) throws(Errno) {
        self.path = path
        descriptor = try path.withCString { (name) throws(Errno) in
            // A pipe that stands where a file should be is not waited for.
            try retrying { open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) }
        }
    }

    deinit { close(descriptor) }

    func status() throws(Errno) -> stat {
        var result = stat()
        _ = try retrying { fstat(descriptor, &result) }
        return result
    }

    /// Up to `count` bytes from `offset`; fewer only at the end of the file.
    func read(_ count: Int, at offset: Int) throws(Errno) -> Bytes {
        var bytes = Bytes(repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = try retrying {
                bytes.withUnsafeMutableBytes {
                    pread(descriptor, $0.baseAddress! + filled, count - filled, offset + filled)
                }
            }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }
}

/// The file's status, links followed; nil if there is no such file.
func fileStatus(_ path: Path) throws(Errno) -> stat? {
    var result = stat()
    do {
        _ = try path.withCString { (name) throws(Errno) in try retrying { stat(name, &result) } }
        return result
    } catch  where error.code == ENOENT || error.code == ENOTDIR {
        return nil
    }
}

/// The symbolic link that leads nowhere on the way to something that is not there, itself or a folder above it; nil
/// if there is none.
func brokenLink(to path: Path) -> Path? {
    var status = stat()
    guard let place = path.ancestors.first(where: { $0.withCString { lstat($0, &status) } == 0 }) else {
        return nil
    }
    return place.withCString { stat($0, &status) } == 0 ? nil : place
}

extension stat {
    var isDirectory: Bool { st_mode & S_IFMT == S_IFDIR }
    var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
}

/// The names in a directory, sorted, without `.` and `..`.
func namesInDirectory(_ path: Path) throws(Errno) -> [Bytes] {
    guard let stream = path.withCString({ opendir($0) }) else { throw Errno.last }
    defer { closedir(stream) }
    var names: [Bytes] = []
    while true {
        errno = 0
        guard let entry = readdir(stream) else {
            if errno != 0 { throw Errno.last }
            break
        }
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { Bytes($0.prefix { $0 != 0 }) }
        if name != [0x2e] && name != [0x2e, 0x2e] { names.append(name) }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
}
