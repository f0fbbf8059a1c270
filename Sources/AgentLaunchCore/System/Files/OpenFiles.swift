import Glibc

/// The files that a process has open, all or only those that it may write to; none where it has gone or is not ours to
/// look at.
func openFiles(of pid: Int32, forWriting: Bool = false) -> [Path] {
    let folder = Path("/proc/\(pid)/fd")
    return ((try? namesInDirectory(folder)) ?? []).compactMap { name in
        // The link's own mode says how the file was opened.
        var link = stat()
        if forWriting, (folder / name).withCString({ lstat($0, &link) }) != 0 || link.st_mode & S_IWUSR == 0 {
            return nil
        }
        return (folder / name).linkTarget()
    }
}
