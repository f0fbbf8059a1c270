/// Which folders below `tmp` belong to which directory. The owner file in a folder wins over the registry.
struct GeminiProjects {
    private let folders: GeminiFolders
    private let workdir: Path
    private let names: [Bytes]
    private var owners: [Bytes: Path] = [:]
    /// Directories by folder name, as the registry has them.
    private var registered: [(directory: Path, name: Bytes)] = []

    init(_ folders: GeminiFolders, _ workdir: Path, _ findings: inout Findings) throws(StoreTrouble) {
        self.folders = folders
        self.workdir = workdir
        names = try StoreEntry.names(in: folders.projects)
        for name in names { owners[name] = try Self.owner(folders.projects / name) }
        try readRegistry(&findings)
    }

    /// The folder of the directory: by its owner file, by the registry, by the older releases' digest.
    var own: [Path] {
        let marked = names.filter { owners[$0] == workdir }
        if !marked.isEmpty { return marked.map { folders.projects / $0 } }
        let named = registered.filter { $0.directory == workdir && owners[$0.name] == nil }.map(\.name)
        let found = named.filter { names.contains($0) }
        if !found.isEmpty { return found.map { folders.projects / $0 } }
        let digest = Bytes(GeminiFolders.digest(workdir).utf8)
        return names.contains(digest) ? [folders.projects / digest] : []
    }

    /// Folders that nothing names: their owner file and their entry are lost.
    var nobodys: [Path] {
        let taken = Set(registered.map(\.name))
        return names.filter { name in
            owners[name] == nil && !taken.contains(name) && name.count != 64
        }.map { folders.projects / $0 }
    }

    /// Every folder with the directory it belongs to, if that is known.
    var all: [(folder: Path, directory: Path?)] {
        names.map { name in
            (folders.projects / name, owners[name] ?? registered.first { $0.name == name }?.directory)
        }
    }

    /// An empty owner file names nobody.
    private static func owner(_ folder: Path) throws(StoreTrouble) -> Path? {
        let marker = folder / ".project_root"
        do throws(Errno) {
            guard let content = try contentsOfSmallFile(marker, limit: 1 << 16) else { return nil }
            var text = content[...]
            while let last = text.last, last == 0x0a || last == 0x0d || last == 0x20 { text.removeLast() }
            return text.isEmpty ? nil : Path(bytes: text)
        } catch {
            throw StoreTrouble(marker, error)
        }
    }

    private mutating func readRegistry(_ findings: inout Findings) throws(StoreTrouble) {
        do throws(Errno) {
            guard let record = try JSONRecord.of(file: folders.registry, ["projects.*"]) else { return }
            guard let entries = record.value?["projects"]?.members else {
                // Gemini begins a new one, and finds its folders by their owner files.
                findings.saw(folders.registry, .damaged, "it is no registry: the owner files count")
                return
            }
            registered = entries.compactMap { entry in
                entry.value.text.map { (Path(entry.name), Bytes($0.utf8)) }
            }
        } catch {
            throw StoreTrouble(folders.registry, error)
        }
    }
}
