import Glibc

/// One rollout by its name, `rollout-<time>-<thread id>.jsonl`, packed if `.zst` follows.
struct CodexRolloutFile: Equatable, Sendable {
    var path: Path
    /// Lower case.
    var id: String
    var isCompressed: Bool

    init?(_ path: Path) {
        guard let name = path.lastComponent.text else { return nil }
        let packed = name.part(before: ".zst")
        isCompressed = packed != nil
        guard let stem = (packed ?? name).part(after: "rollout-", before: ".jsonl") else { return nil }
        let id = stem.suffix(36)
        guard CodexHome.isThreadID(id), stem.dropLast(36).last ?? "-" == "-" else { return nil }
        self.path = path
        self.id = id.lowercased()
    }
}

/// The names of all rollouts below a folder; nothing is opened. Codex files them by year, month and day, but
/// finds them in any folder.
struct CodexRolloutTree {
    /// Deeper folders are not Codex's.
    private static let depth = 8

    private(set) var files: [CodexRolloutFile] = []
    private(set) var folders: [Path] = []
    /// Folders that could not be listed.
    private(set) var failures: [StoreFailure] = []
    private var visited: Set<[UInt64]> = []

    init(_ root: Path) {
        var open = [(root, 0)]
        while let (folder, depth) = open.popLast() {
            for name in names(in: folder) {
                let path = folder / name
                if let file = CodexRolloutFile(path) {
                    files.append(file)
                } else if depth < Self.depth, isNewFolder(path) {
                    open.append((path, depth + 1))
                }
            }
        }
        files.sort { $0.path < $1.path }
    }

    /// The rollouts of one thread; a plain one before a packed one, as Codex prefers it.
    func files(of id: String) -> [CodexRolloutFile] {
        let own = files.filter { $0.id == id.lowercased() }
        return own.filter { !$0.isCompressed } + own.filter(\.isCompressed)
    }

    private mutating func names(in folder: Path) -> [Bytes] {
        do throws(Errno) {
            let names = try namesInDirectory(folder)
            folders.append(folder)
            return names
        } catch {
            if error.code != ENOENT {
                failures.append(StoreFailure(folder, error))
            } else if let link = brokenLink(to: folder) {
                failures.append(.leadsNowhere(link))
            }
            return []
        }
    }

    /// Links may lead in circles: a folder is visited once.
    private mutating func isNewFolder(_ path: Path) -> Bool {
        do throws(Errno) {
            guard let status = try fileStatus(path) else {
                if let link = brokenLink(to: path) { failures.append(.leadsNowhere(link)) }
                return false
            }
            guard status.isDirectory else { return false }
            return visited.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted
        } catch {
            if error.code != ELOOP { failures.append(StoreFailure(path, error)) }
            return false
        }
    }
}
