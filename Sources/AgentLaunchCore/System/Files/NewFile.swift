import Glibc

/// Creates a file that was not there, readable by its owner only, and has it filled. If that fails, it is removed.
func createFile(
    _ path: Path,
    synced: Bool = false,
    _ fill: (_ descriptor: Int32) throws(Errno) -> Void
) throws(Errno) {
    let descriptor = try path.withCString { (name) throws(Errno) in
        try retrying { open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600) }
    }
    var failure: Errno?
    do throws(Errno) {
        try fill(descriptor)
        if synced { _ = try retrying { fsync(descriptor) } }
    } catch { failure = error }
    if close(descriptor) != 0, failure == nil { failure = Errno.last }
    guard let failure else { return }
    try? removeFile(path)
    throw failure
}

func createFile(_ path: Path, _ content: Bytes, synced: Bool = false) throws(Errno) {
    try createFile(path, synced: synced) { (descriptor) throws(Errno) in
        faultPoint("write.before")
        try write(content, to: descriptor)
    }
}

/// With what another one holds, however large that is.
func createFile(_ path: Path, copyOf source: borrowing ReadOnlyFile, synced: Bool = false) throws(Errno) {
    try createFile(path, synced: synced) { (descriptor) throws(Errno) in
        var offset = 0
        while true {
            let chunk = try source.read(1 << 20, at: offset)
            if chunk.isEmpty { return }
            try write(chunk, to: descriptor)
            offset += chunk.count
        }
    }
}

/// Replaces a file whole or not at all: a temporary one beside it, synced, renamed.
func replaceFile(_ path: Path, _ content: Bytes) throws(Errno) {
    let temporary = path + ".\(getpid()).tmp"
    removeAbandoned(beside: path)
    try removeFile(temporary)
    try createFile(temporary, content, synced: true)
    do throws(Errno) {
        faultPoint("rename.before")
        try rename(temporary, to: path)
        faultPoint("rename.after")
    } catch {
        try? removeFile(temporary)
        throw error
    }
}

/// Lasts over a power cut: the folder is synced too, and where that fails nothing is lost.
func rename(_ source: Path, to target: Path) throws(Errno) {
    let result = source.withCString { from in target.withCString { Glibc.rename(from, $0) } }
    guard result == 0 else { throw Errno.last }
    syncDirectory(target.parent)
}

func syncDirectory(_ folder: Path) {
    let descriptor = folder.withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
}

private func write(_ bytes: Bytes, to descriptor: Int32) throws(Errno) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let written = try retrying {
            rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress!, $0.count) }
        }
        rest = rest.dropFirst(written)
    }
}

/// What processes that were killed left of their temporary files for this one.
private func removeAbandoned(beside path: Path) {
    let prefix = path.lastComponent.lossyText + "."
    for name in (try? namesInDirectory(path.parent)) ?? [] {
        guard let digits = name.text?.part(after: prefix, before: ".tmp"), let pid = Int32(digits), pid > 0,
            kill(pid, 0) != 0, errno == ESRCH
        else { continue }
        try? removeFile(path.parent / name)
    }
}
