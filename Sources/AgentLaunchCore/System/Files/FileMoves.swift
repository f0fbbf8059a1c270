import Glibc

/// Copies a file's bytes, however large it is. The copy is readable by its owner only and appears whole or not at
/// all; a file of that name is replaced.
func copyFile(_ source: Path, to target: Path) throws(Errno) {
    guard let status = try fileStatus(source) else { throw Errno(code: ENOENT) }
    guard status.isRegularFile else { throw Errno(code: status.isDirectory ? EISDIR : EINVAL) }
    let file = try ReadOnlyFile(source)
    try makeDirectories(target.parent, mode: 0o700)
    let temporary = target + ".\(getpid()).tmp"
    try removeFile(temporary)
    do throws(Errno) {
        try createFile(temporary, [])
        try append(file, to: temporary)
        try rename(temporary, to: target)
    } catch {
        try? removeFile(temporary)
        throw error
    }
}

/// Renames a file, also to another file system. A file of that name is replaced.
func moveFile(_ source: Path, to target: Path) throws(Errno) {
    try makeDirectories(target.parent, mode: 0o700)
    do throws(Errno) {
        try rename(source, to: target)
    } catch  where error.code == EXDEV {
        try copyFile(source, to: target)
        try removeFile(source)
    }
    syncDirectory(source.parent)
}

/// What a name in this folder is before it is used: `name.json`, `name-2.json`, …, the first that is free.
func freeName(in folder: Path, _ name: String, _ ending: String) throws(Errno) -> Path {
    var number = 1
    while true {
        let path = folder / (number == 1 ? "\(name)\(ending)" : "\(name)-\(number)\(ending)")
        var status = stat()
        // A link that leads nowhere takes the name too.
        if path.withCString({ lstat($0, &status) }) != 0 {
            guard errno == ENOENT || errno == ENOTDIR else { throw Errno.last }
            return path
        }
        number += 1
    }
}

private func rename(_ source: Path, to target: Path) throws(Errno) {
    faultPoint("move.before")
    let result = source.withCString { from in target.withCString { Glibc.rename(from, $0) } }
    guard result == 0 else { throw Errno.last }
    faultPoint("move.after")
    syncDirectory(target.parent)
}

/// A rename survives a power cut only once the folder is synced; where that fails nothing is lost.
private func syncDirectory(_ folder: Path) {
    let descriptor = folder.withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
}

private func append(_ file: borrowing ReadOnlyFile, to target: Path) throws(Errno) {
    let descriptor = try target.withCString { (name) throws(Errno) in
        try retrying { open(name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW) }
    }
    var failure: Errno?
    do throws(Errno) {
        var offset = 0
        while true {
            let chunk = try file.read(1 << 20, at: offset)
            if chunk.isEmpty { break }
            offset += chunk.count
            var rest = chunk[...]
            while !rest.isEmpty {
                let written = try retrying {
                    rest.withUnsafeBytes { write(descriptor, $0.baseAddress!, $0.count) }
                }
                rest = rest.dropFirst(written)
            }
        }
        _ = try retrying { fsync(descriptor) }
    } catch { failure = error }
    if close(descriptor) != 0, failure == nil { failure = Errno.last }
    if let failure { throw failure }
}
