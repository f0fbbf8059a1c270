/// The question with which Copilot CLI blocks before its prompt, and what answers it beforehand.
struct CopilotFirstRun {
    private let query: StoreQuery
    private let allowAll: Bool
    private let path: Path

    init(_ query: StoreQuery, allowAll: Bool) {
        self.query = query
        self.allowAll = allowAll
        path = CopilotDirectories(query).configuration
    }

    func warnings() -> [Warning] {
        // `--allow-all` sets this variable for the unattended.
        if query.environment.given("COPILOT_ALLOW_ALL") != nil || allowAll { return [] }
        if folders.contains(where: isAbove) { return [] }
        let directory = JSONWriter.compact(.string(bytes: query.workdir.bytes)).lossyText
        return [
            Warning(
                "first-run-dialog",
                "Copilot CLI will first ask whether to trust this directory, unless \(path) has: "
                    + #""trustedFolders": [\#(directory)]"#
            )
        ]
    }

    private var folders: [Path] {
        guard let content = try? contentsOfSmallFile(path),
            let value = JSONValue(parsing: withoutComments(content))
        else { return [] }
        return ["trustedFolders", "trusted_folders"].flatMap { value[$0]?.elements ?? [] }.compactMap {
            $0.text.map { Path($0) }
        }
    }

    /// The answer for a directory holds for all below it.
    private func isAbove(_ folder: Path) -> Bool {
        folder == query.workdir || query.workdir.isInside(folder)
    }

    /// The file begins with lines of comment.
    private func withoutComments(_ content: Bytes) -> Bytes {
        let lines = content.split(separator: 0x0a).filter { line in
            !line.drop { $0 == 0x20 || $0 == 0x09 }.starts(with: Bytes("//".utf8))
        }
        return Bytes(lines.joined(separator: [0x0a]))
    }
}
