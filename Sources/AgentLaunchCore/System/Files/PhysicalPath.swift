import Glibc

extension Path {
    /// Without links: the longest part that exists is resolved, the rest appended as it is written.
    /// Throws where the kernel cannot tell (a loop of links, a folder that may not be searched).
    func physical() throws(Errno) -> Path {
        var rest: [Bytes] = []
        var existing = self
        while true {
            if let resolved = try existing.resolved() {
                return rest.reversed().reduce(resolved) { path, name in
                    switch name {
                    case [], [UInt8(ascii: ".")]: path
                    case [UInt8(ascii: "."), UInt8(ascii: ".")]: path.parent
                    default: path / name
                    }
                }
            }
            rest.append(existing.lastComponent)
            existing = existing.parent
        }
    }

    /// nil if it does not exist.
    func resolved() throws(Errno) -> Path? {
        do throws(Errno) { return try withoutLinks() } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw error
        }
    }

    func withoutLinks() throws(Errno) -> Path {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        guard withCString({ realpath($0, &buffer) }) != nil else { throw Errno.last }
        return Path(bytes: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    }

    /// Where a symbolic link points; nil if it is none, or may not be looked at.
    func linkTarget() -> Path? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = withCString { readlink($0, &buffer, buffer.count) }
        return count > 0 ? Path(bytes: buffer.prefix(count).map { UInt8(bitPattern: $0) }) : nil
    }

    static func currentDirectory() throws(Errno) -> Path {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        guard getcwd(&buffer, buffer.count) != nil else { throw Errno.last }
        return Path(bytes: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    }
}
