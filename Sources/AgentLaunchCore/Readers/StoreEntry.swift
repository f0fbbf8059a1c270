/// What stands at a path of an agent's store.
enum StoreEntry: Equatable {
    case absent
    case directory
    /// A regular file, with what tells whether it has changed.
    case file(FileStamp)
    /// A socket, a device: nothing that an agent wrote.
    case other

    /// Follows links. Nothing is absent unless it provably is: a link that leads nowhere may be a volume that is
    /// not mounted.
    static func at(_ path: Path) throws(StoreFailure) -> StoreEntry {
        if let status = try reading(path, try fileStatus(path)) {
            if status.isDirectory { return .directory }
            return status.isRegularFile ? .file(FileStamp(status)) : .other
        }
        if let link = brokenLink(to: path) { throw .leadsNowhere(link) }
        return .absent
    }

    /// The names in a directory, none if it is absent.
    static func names(in path: Path) throws(StoreFailure) -> [Bytes] {
        switch try at(path) {
        case .absent: return []
        case .directory: return try reading(path, try namesInDirectory(path))
        case .file, .other:
            throw .damaged(path, "it is not a directory", nextStep: "move it away, or use another store")
        }
    }
}
