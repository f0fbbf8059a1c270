import Glibc

/// Which release of a program is installed: as the option says, else remembered, asked, read from files beside the
/// executable, or the newest known.
struct VersionFinder {
    let name: String
    let newestKnown: Version
    let executable: Executable
    var option: Version?
    let environment: Environment
    /// `versions.json` of this program.
    let memory: Path
    /// A dry run executes nothing.
    let mayAsk: Bool
    /// How long it may take to answer.
    var milliseconds: Int32 = 3000
    /// What else the user can do where the release is not known.
    var advice = ""

    func find(_ findings: inout Findings) -> VersionAnswer {
        if let option { return VersionAnswer(version: option, source: .option) }
        guard case .found(let path, _) = executable, let identity = Identity(path) else {
            return assumed(&findings)
        }
        if let version = remembered(identity) { return VersionAnswer(version: version, source: .remembered) }
        if mayAsk, let version = ask(path) {
            remember(identity, version)
            return VersionAnswer(version: version, source: .asked)
        }
        if let version = beside(path) { return VersionAnswer(version: version, source: .files) }
        return assumed(&findings)
    }

    private func assumed(_ findings: inout Findings) -> VersionAnswer {
        findings.warn(
            "version-assumed",
            "the release of \(name) is unknown; assuming \(newestKnown)\(advice)"
        )
        return VersionAnswer(version: newestKnown, source: .assumed)
    }

    private func ask(_ path: Path) -> Version? {
        output(of: path, [Bytes("--version".utf8)], environment: environment, milliseconds: milliseconds)
            .flatMap { Version(in: $0) }
    }

    /// npm keeps `package.json` above the program that the link on `PATH` leads to.
    private func beside(_ path: Path) -> Version? {
        guard let program = try? path.resolved(), program.description.contains("/node_modules/") else {
            return nil
        }
        var folder = program.parent
        for _ in 0..<3 {
            let file = try? contentsOfSmallFile(folder / "package.json", limit: 1 << 20)
            if let file = file ?? nil, let text = JSONValue(parsing: file)?["version"]?.text {
                return Version(in: text)
            }
            folder = folder.parent
        }
        return nil
    }

    // MARK: Memory

    /// A program that was replaced has another one of these.
    private struct Identity {
        var path: Path
        var fields: [JSONValue.Member]

        init?(_ path: Path) {
            guard let status = try? fileStatus(path) else { return nil }
            self.path = path
            fields = [
                .init("inode", .integer(status.st_ino)), .init("size", .integer(status.st_size)),
                .init("mtime", .string("\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)")),
            ]
        }
    }

    private func remembered(_ identity: Identity) -> Version? {
        let bytes = try? contentsOfSmallFile(memory, limit: 1 << 20)
        guard let bytes = bytes ?? nil, let entry = JSONValue(parsing: bytes)?[identity.path.description]
        else { return nil }
        guard identity.fields.allSatisfy({ entry[$0.name] == $0.value }) else { return nil }
        return entry["version"]?.text.flatMap { Version(in: $0) }
    }

    private func remember(_ identity: Identity, _ version: Version) {
        let bytes = try? contentsOfSmallFile(memory, limit: 1 << 20)
        let old = (bytes ?? nil).flatMap { JSONValue(parsing: $0) }?.members ?? []
        let entry = JSONValue.object(identity.fields + [.init("version", .string(version.description))])
        let kept = old.filter { $0.name != identity.path.description }.suffix(20)
        // Forgetting it costs one question at the next start.
        try? makeDirectories(memory.parent, mode: 0o700)
        try? replaceFile(memory, JSONWriter.pretty(.object(kept + [.init(identity.path.description, entry)])))
    }
}
