import Glibc

/// A copy of a database and its log or journal in a folder of its own, for SQLite to repair; removed at the end.
struct SQLitePrivateCopy: ~Copyable {
    static let sizeLimit = 1 << 30

    enum Failure: Error {
        /// The database is being written; later it may be possible.
        case busy
        case failure(StoreFailure)
    }

    let database: Path
    private let folder: Path

    private init(folder: Path) {
        self.folder = folder
        database = folder / "store.db"
    }

    deinit { removeCopy(folder) }

    /// Copies the files while nobody can write to them, or notices that somebody did.
    static func make(of files: SQLiteFiles, in folders: [Path]) throws(Failure) -> SQLitePrivateCopy {
        let size = files.database.size + (files.log?.size ?? 0) + (files.journal?.size ?? 0)
        guard size <= sizeLimit else {
            throw .failure(
                StoreFailure(
                    path: files.path,
                    kind: .unreadable,
                    why: "it needs recovery and is larger than 1 GiB",
                    nextStep: "open it once with the agent or sqlite3, which recovers it"
                )
            )
        }
        guard let folder = makeDirectory(in: folders) else {
            throw .failure(
                StoreFailure(
                    path: files.path,
                    kind: .unreadable,
                    why: "it needs recovery, and no temporary directory is writable for a copy",
                    nextStep: "make one of \(folders.map(\.description).joined(separator: ", ")) writable"
                )
            )
        }
        let result = SQLitePrivateCopy(folder: folder)
        try result.fill(files)
        return result
    }

    private func fill(_ files: SQLiteFiles) throws(Failure) {
        do throws(Errno) {
            let original = try ReadOnlyFile(files.path)
            guard SQLiteLocks.share(original), !SQLiteLocks.isReserved(original) else {
                throw Errno(code: EAGAIN)
            }
            try createFile(database, copyOf: original)
            if files.log != nil { try createFile(database + "-wal", copyOf: ReadOnlyFile(files.logPath)) }
            if files.journal != nil {
                try createFile(database + "-journal", copyOf: ReadOnlyFile(files.journalPath))
            }
        } catch {
            if error.code == EAGAIN || error.code == ENOENT { throw .busy }
            throw .failure(
                StoreFailure(
                    path: files.path,
                    kind: .unreadable,
                    why: "it needs recovery and cannot be copied (\(error))",
                    nextStep: "make room in \(folder.parent)"
                )
            )
        }
        // Nobody may have written between the look at the files and the lock, nor into the log.
        guard !files.isFresh, (try? SQLiteFiles.look(at: files.path)) == files else { throw .busy }
    }
}

private func makeDirectory(in folders: [Path]) -> Path? {
    for folder in folders {
        var template = (folder / "agentlaunch-XXXXXX").bytes + [0]
        let made = template.withUnsafeMutableBufferPointer {
            $0.withMemoryRebound(to: CChar.self) { mkdtemp($0.baseAddress!) != nil }
        }
        if made { return Path(bytes: template.dropLast()) }
    }
    return nil
}

private func removeCopy(_ folder: Path) {
    for name in (try? namesInDirectory(folder)) ?? [] { _ = (folder / name).withCString { unlink($0) } }
    _ = folder.withCString { rmdir($0) }
}
