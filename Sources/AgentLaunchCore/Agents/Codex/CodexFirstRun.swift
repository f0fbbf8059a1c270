/// The questions that Codex asks before it takes a prompt, and that only its own configuration answers.
struct CodexFirstRun {
    private let home: CodexHome
    private let workdir: Path

    private let version: Version

    init(_ query: StoreQuery, _ version: Version) {
        self.version = version
        home = CodexHome(query.environment, home: query.home, workdir: query.workdir)
        workdir = query.workdir
    }

    var warnings: [Warning] {
        if home.isNamed, isAbsent(home.path) {
            return [
                Warning(
                    "first-run-dialog",
                    "Codex does not start without CODEX_HOME; run mkdir -p \(home.path)"
                )
            ]
        }
        let settings = (try? contentsOfSmallFile(home.configuration)).flatMap { $0 }
            .map { CodexSettings($0.lossyText) }
        // One that is there and cannot be read may hold every answer.
        guard let settings = settings ?? (isAbsent(home.configuration) ? CodexSettings("") : nil) else {
            return []
        }
        return [signIn(settings), trust(settings)].compactMap(\.self)
    }

    private func signIn(_ settings: CodexSettings) -> Warning? {
        if settings.needsNoSignIn || !isAbsent(home.signIn) { return nil }
        return Warning(
            "first-run-dialog",
            "Codex asks to sign in (a key in the environment is not enough); run "
                + "printenv OPENAI_API_KEY | codex login --with-api-key"
        )
    }

    /// 0.163 asks in git repositories only and for the whole of one, 0.147 and older in every directory; of the
    /// releases between it is not known.
    private func trust(_ settings: CodexSettings) -> Warning? {
        let repository = gitRoot()
        let answered = [workdir, repository ?? workdir].contains { settings.trusted.contains($0.description) }
        if answered || (repository == nil && version >= "0.163") { return nil }
        let folder = repository ?? workdir
        return Warning(
            "first-run-dialog",
            "Codex asks whether to trust \(folder); add to \(home.configuration): "
                + "[projects.\(quoted(folder.description))] and, on the next line, trust_level = \"trusted\""
        )
    }

    /// The repository that Codex takes the directory for a part of; of a linked work tree it is the main one.
    private func gitRoot() -> Path? {
        for folder in workdir.ancestors {
            let mark = folder / ".git"
            guard let status = try? fileStatus(mark) else { continue }
            guard !status.isDirectory else { return folder }
            let link = (try? contentsOfSmallFile(mark, limit: 4096)).flatMap { $0?.text } ?? ""
            guard link.hasPrefix("gitdir: /"), let end = link.firstRange(of: "/.git/worktrees/") else {
                return folder
            }
            return Path(String(link[..<end.lowerBound].dropFirst(8)))
        }
        return nil
    }

    private func isAbsent(_ path: Path) -> Bool {
        if case .some(.none) = try? fileStatus(path) { return true }
        return false
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.reduce(into: "") { $0 += $1 == "\\" || $1 == "\"" ? "\\\($1)" : String($1) } + "\""
    }
}
