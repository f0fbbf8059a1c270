/// Which folders below `tmp` belong to which directory. The owner file in a folder wins over the registry.
struct GeminiProjects {
    private let folders: GeminiDirectories
    private let workdir: Path
    private let names: [Bytes]
    private var owners: [Bytes: Path] = [:]
    /// Directories by folder name, as the registry has them.
    private var registered: [(directory: Path, name: Bytes)] = []
    /// The folders of the directory: by its owner file, by the registry, by the older releases' digest.
    private(set) var own: [Path] = []

    init(_ folders: GeminiDirectories, _ workdir: Path, _ findings: inout Findings) throws(StoreFailure) {
        self.folders = folders
        self.workdir = workdir
        names = try StoreEntry.names(in: folders.projects)
        for name in names { owners[name] = try Self.owner(folders.projects / name) }
        try readRegistry(&findings)
        own = try findOwn()
    }

    private func findOwn() throws(StoreFailure) -> [Path] {
        var found = names.filter { owners[$0] == workdir }
        if found.isEmpty {
            found = registered.filter { $0.directory == workdir && owners[$0.name] == nil }.map(\.name)
                .filter { names.contains($0) }
        }
        // Into a folder that holds nothing but its owner's name Gemini copies the older one when it starts.
        var isUsed = false
        for name in found where try Self.isUsed(folders.projects / name) { isUsed = true }
        let digest = Bytes(GeminiDirectories.digest(workdir).utf8)
        if !isUsed, names.contains(digest), !found.contains(digest) { found.append(digest) }
        return found.map { folders.projects / $0 }
    }

    private static func isUsed(_ folder: Path) throws(StoreFailure) -> Bool {
        guard case .directory = try StoreEntry.at(folder) else { return false }
        return try StoreEntry.names(in: folder).contains { $0 != Bytes(".project_root".utf8) }
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

    /// A conversation in a folder that nothing names: Gemini does not look there, and refuses the id.
    func misplaced(_ session: Session, in folder: Path, isOurs: Bool) -> StoreFailure {
        let place = own.first.map { "copy it to \($0 / "chats")" }
        let marker = "write the directory's path into \(folder / ".project_root")"
        return StoreFailure(
            path: session.store,
            kind: .unreadable,
            why: isOurs
                ? "it began in this directory, but Gemini no longer finds it here"
                : "it belongs to another directory, which nothing names",
            nextStep: (isOurs ? place ?? marker : "add the --workdir in which it began")
                + ", or pass --fresh"
        )
    }

    /// A folder of conversations that began in this directory, which nothing says to be this directory's.
    func unnamed(_ folder: Path) -> StoreFailure {
        .damaged(
            folder / ".project_root",
            "it is missing, but conversations of this directory are beside it",
            nextStep: "write the directory's path into it, or pass --fresh"
        )
    }

    /// An empty owner file names nobody.
    private static func owner(_ folder: Path) throws(StoreFailure) -> Path? {
        let marker = folder / ".project_root"
        guard let content = try reading(marker, try contentsOfSmallFile(marker, limit: 1 << 16)) else {
            return nil
        }
        var text = content[...]
        while let last = text.last, last == 0x0a || last == 0x0d || last == 0x20 { text.removeLast() }
        return text.isEmpty ? nil : Path(bytes: text)
    }

    private mutating func readRegistry(_ findings: inout Findings) throws(StoreFailure) {
        guard
            let record = try reading(
                folders.registry,
                try JSONRecord.of(file: folders.registry, ["projects.*"])
            )
        else {
            return
        }
        guard let entries = record.value?["projects"]?.members else {
            // Gemini begins a new one, and finds its folders by their owner files.
            findings.saw(folders.registry, .damaged, "it is not a registry; using the owner files")
            return
        }
        registered = entries.compactMap { entry in
            entry.value.text.map { (Path(entry.name), Bytes($0.utf8)) }
        }
    }
}
