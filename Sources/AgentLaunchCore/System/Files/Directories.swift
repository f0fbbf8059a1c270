import Glibc

/// Whether files can be made in a folder, which may have to be made first itself.
func canMakeFiles(in folder: Path) -> Bool {
    var folder = folder
    while true {
        if folder.withCString({ faccessat(AT_FDCWD, $0, W_OK | X_OK, AT_EACCESS) }) == 0 { return true }
        guard errno == ENOENT, folder.parent != folder else { return false }
        folder = folder.parent
    }
}

/// Makes a folder and those above it; an existing one is left as it is.
func makeDirectories(_ path: Path, mode: mode_t) throws(Errno) {
    if path.withCString({ mkdir($0, mode) }) == 0 { return }
    switch errno {
    case EEXIST: return
    case ENOENT where path.parent != path:
        try makeDirectories(path.parent, mode: mode)
        if path.withCString({ mkdir($0, mode) }) != 0, errno != EEXIST { throw Errno.last }
    default: throw Errno.last
    }
}

func removeFile(_ path: Path) throws(Errno) {
    if path.withCString({ unlink($0) }) != 0, errno != ENOENT { throw Errno.last }
}

/// Creates a file that was not there, readable by its owner only, and writes it whole.
func createFile(_ path: Path, _ content: Bytes, synced: Bool = false) throws(Errno) {
    let descriptor = try path.withCString { (name) throws(Errno) in
        try retrying { open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600) }
    }
    var failure: Errno?
    var rest = content[...]
    do throws(Errno) {
        while !rest.isEmpty {
            faultPoint("write.before")
            let written = try retrying {
                rest.withUnsafeBytes { write(descriptor, $0.baseAddress!, $0.count) }
            }
            rest = rest.dropFirst(written)
        }
        if synced { _ = try retrying { fsync(descriptor) } }
    } catch { failure = error }
    if close(descriptor) != 0, failure == nil { failure = Errno.last }
    guard let failure else { return }
    try? removeFile(path)
    throw failure
}

/// What processes that were killed left of their temporary files for this one.
private func removeAbandoned(beside path: Path) {
    let prefix = path.lastComponent + Bytes(".".utf8)
    let ending = Bytes(".tmp".utf8)
    for name in (try? namesInDirectory(path.parent)) ?? [] where name.starts(with: prefix) {
        let digits = name.dropFirst(prefix.count).dropLast(ending.count)
        guard name.count > prefix.count + ending.count, name.suffix(ending.count) == ending[...],
            let pid = Int32(String(decoding: digits, as: UTF8.self)), pid > 0,
            kill(pid, 0) != 0, errno == ESRCH
        else { continue }
        try? removeFile(path.parent / name)
    }
}

/// Replaces a file whole or not at all: a temporary one beside it, synced, renamed.
func replaceFile(_ path: Path, _ content: Bytes) throws(Errno) {
    let temporary = path + ".\(getpid()).tmp"
    removeAbandoned(beside: path)
    try removeFile(temporary)
    try createFile(temporary, content, synced: true)
    faultPoint("rename.before")
    let result = temporary.withCString { from in path.withCString { rename(from, $0) } }
    guard result == 0 else {
        let failure = Errno.last
        try? removeFile(temporary)
        throw failure
    }
    faultPoint("rename.after")
    // The rename itself survives a power cut only once the folder is synced; where that fails nothing is lost.
    let folder = path.parent.withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    if folder >= 0 {
        fsync(folder)
        close(folder)
    }
}
