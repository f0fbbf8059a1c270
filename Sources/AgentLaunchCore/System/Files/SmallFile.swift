import Glibc

/// What a small file holds; nil if there is none. One that is larger than the limit is an error (EFBIG).
func contentsOfSmallFile(_ path: Path, limit: Int = 8 << 20) throws(Errno) -> Bytes? {
    do throws(Errno) {
        let file = try ReadOnlyFile(path)
        var contents: Bytes = []
        while true {
            let chunk = try file.read(1 << 16, at: contents.count)
            if chunk.isEmpty { return contents }
            contents += chunk
            guard contents.count <= limit else { throw Errno(code: EFBIG) }
        }
    } catch  where error.code == ENOENT || error.code == ENOTDIR {
        return nil
    }
}
