/// The questions with which Gemini CLI blocks before its prompt, and what answers them beforehand.
struct GeminiFirstRun {
    private let query: StoreQuery
    private let path: Path

    init(_ query: StoreQuery) {
        self.query = query
        path = GeminiDirectories(query).settings
    }

    func warnings() -> [Warning] {
        let record = try? JSONRecord.of(file: path, ["security.auth.selectedType", "selectedAuthType"])
        let value = (record ?? nil)?.value
        if value?["security"]?["auth"]?["selectedType"]?.text != nil
            || value?["selectedAuthType"]?.text != nil
        {
            return []
        }
        return [
            Warning(
                "first-run-dialog",
                "Gemini CLI will first ask how to sign in, unless \(path) has: "
                    + #""security": {"auth": {"selectedType": "gemini-api-key"}}"#
            )
        ]
    }
}
