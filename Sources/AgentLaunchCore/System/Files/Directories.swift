import Glibc

/// Whether files can be made in a folder, which may have to be made first itself.
func canMakeFiles(in folder: Path) -> Bool {
    for folder in folder.ancestors {
        if folder.withCString({ faccessat(AT_FDCWD, $0, W_OK | X_OK, AT_EACCESS) }) == 0 { return true }
        guard errno == ENOENT else { return false }
    }
    return false
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
