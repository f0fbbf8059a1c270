import Glibc

/// The files that a process has open; none where it has gone or is not ours to look at.
func openFiles(of pid: Int32) -> [Path] {
    let folder = Path("/proc/\(pid)/fd")
    return ((try? namesInDirectory(folder)) ?? []).compactMap { name in
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = (folder / name).withCString { readlink($0, &buffer, buffer.count) }
        guard count > 0 else { return nil }
        return Path(bytes: buffer.prefix(count).map { UInt8(bitPattern: $0) })
    }
}
