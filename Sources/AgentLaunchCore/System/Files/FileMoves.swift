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
    try createFile(temporary, copyOf: file, synced: true)
    do throws(Errno) {
        try move(temporary, to: target)
    } catch {
        try? removeFile(temporary)
        throw error
    }
}

/// Renames a file, also to another file system. A file of that name is replaced.
func moveFile(_ source: Path, to target: Path) throws(Errno) {
    try makeDirectories(target.parent, mode: 0o700)
    do throws(Errno) {
        try move(source, to: target)
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

private func move(_ source: Path, to target: Path) throws(Errno) {
    faultPoint("move.before")
    try rename(source, to: target)
    faultPoint("move.after")
}
