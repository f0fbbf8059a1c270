/// The questions with which Claude Code blocks before its prompt, and what answers each beforehand.
struct ClaudeFirstRun {
    private let query: StoreQuery
    private let folders: ClaudeDirectories
    private let allowAll: Bool

    init(_ query: StoreQuery, allowAll: Bool) {
        self.query = query
        self.allowAll = allowAll
        folders = ClaudeDirectories(query)
    }

    func warnings() -> [Warning] {
        let path = folders.settings
        let settings: JSONValue
        switch read(
            path,
            [
                "hasCompletedOnboarding", "bypassPermissionsModeAccepted",
                "projects.*.hasTrustDialogAccepted",
                "customApiKeyResponses.approved", "customApiKeyResponses.rejected",
            ]
        ) {
        case .success(let value): settings = value
        case .failure(let warning): return [warning]
        }
        var lines: [(question: String, line: String)] = []
        if settings["hasCompletedOnboarding"]?.flag != true {
            lines.append(("its onboarding questions", #""hasCompletedOnboarding": true"#))
        }
        if !isTrusted(settings["projects"]) {
            let directory = JSONWriter.compact(.string(bytes: query.workdir.bytes)).lossyText
            let line = #""projects": {\#(directory): {"hasTrustDialogAccepted": true}}"#
            lines.append(("whether to trust this directory", line))
        }
        if let key = query.environment.given("ANTHROPIC_API_KEY"),
            !isAnswered(key, settings["customApiKeyResponses"])
        {
            // The key's end is a part of a secret and is not written here.
            let line =
                #""customApiKeyResponses": {"approved": ["LAST 20 CHARACTERS OF ANTHROPIC_API_KEY"], "rejected": []}"#
            lines.append(("whether to use the API key from the environment", line))
        }
        var result = lines.map { warning($0.question, $0.line, path) }
        if allowAll, settings["bypassPermissionsModeAccepted"]?.flag != true {
            let path = folders.configuration / "settings.json"
            switch read(path, ["skipDangerousModePermissionPrompt"]) {
            case .success(let value) where value["skipDangerousModePermissionPrompt"]?.flag == true: break
            case .success:
                let line = #""skipDangerousModePermissionPrompt": true"#
                result.append(warning("whether to skip all permission checks", line, path))
            case .failure(let warning): result.append(warning)
            }
        }
        return result
    }

    private enum Reading {
        case success(JSONValue)
        case failure(Warning)
    }

    private func read(_ path: Path, _ fields: JSONFields) -> Reading {
        do throws(Errno) {
            guard let record = try JSONRecord.of(file: path, fields) else { return .success([:]) }
            if let value = record.value { return .success(value) }
            if record.outcome == .blank { return .success([:]) }
            return .failure(
                Warning("first-run-dialog", "Claude Code may ask questions first: \(path) is not valid JSON")
            )
        } catch {
            let message = "Claude Code may ask questions first: \(path) cannot be read (\(error))"
            return .failure(Warning("first-run-dialog", message))
        }
    }

    /// The answer for a directory holds for all below it.
    private func isTrusted(_ projects: JSONValue?) -> Bool {
        projects?.members?.contains { entry in
            let directory = Path(entry.name)
            let isAbove = query.workdir == directory || query.workdir.isInside(directory)
            return isAbove && entry.value["hasTrustDialogAccepted"]?.flag == true
        } ?? false
    }

    private func isAnswered(_ key: Bytes, _ responses: JSONValue?) -> Bool {
        let end = String(key.lossyText.suffix(20))
        let answers = [responses?["approved"], responses?["rejected"]].flatMap { $0?.elements ?? [] }
        return answers.contains { $0.text == end }
    }

    private func warning(_ question: String, _ line: String, _ path: Path) -> Warning {
        Warning("first-run-dialog", "Claude Code will first ask \(question), unless \(path) has: \(line)")
    }
}
