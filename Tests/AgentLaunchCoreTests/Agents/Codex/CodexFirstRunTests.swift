import Testing

@testable import AgentLaunchCore

@Suite("Codex: questions before the first prompt", .timeLimit(.minutes(1)))
struct CodexFirstRunTests {
    private let threads: CodexThreads
    private let workdir: Path

    init() throws {
        threads = try CodexThreads()
        workdir = try threads.scratch.makeDirectory(threads.home / "repo/inner dir")
    }

    private func warnings(
        _ environment: Environment = Environment(),
        _ version: Version = "0.163.0"
    ) -> [String] {
        let query = StoreQuery(
            environment: environment,
            home: threads.home,
            workdir: workdir,
            name: "default"
        )
        return Agent.codex.firstRun(query, false, version).map { "\($0.code): \($0.message)" }
    }

    private let provider = "model_provider = \"mine\"\n"

    @Test("Without configuration both questions are announced, with what answers them")
    func announces() throws {
        try threads.scratch.makeDirectory(threads.home / "repo/.git")
        let all = warnings()
        #expect(all.count == 2)
        #expect(all.allSatisfy { $0.hasPrefix("first-run-dialog: ") })
        #expect(all[0].contains("codex login --with-api-key"))
        #expect(all[1].contains("[projects.\"\(threads.home)/repo\"]"))
        #expect(all[1].contains("trust_level = \"trusted\""))
        #expect(all[1].contains("\(threads.home)/.codex/config.toml"))
    }

    @Test(
        "A project that was answered for is not asked about, however its table is written",
        arguments: [
            "[projects.\"DIR\"]\ntrust_level = \"trusted\"\n",
            "# a comment\n[ projects . 'DIR' ]  # another\n  trust_level='untrusted' # no\n",
            "[projects]\n\"DIR\".trust_level = \"trusted\"\n",
            "projects.\"DIR\".trust_level = \"trusted\"\n",
        ]
    )
    func understandsTables(_ text: String) throws {
        try threads.scratch.makeDirectory(threads.home / "repo/.git")
        for folder in ["\(threads.home)/repo", "\(workdir)"] {
            let table = text.split(separator: "DIR", omittingEmptySubsequences: false).joined(
                separator: folder
            )
            let top = table.hasPrefix("projects") ? provider + table : provider + "\n" + table
            try threads.scratch.write(".codex/config.toml", top)
            #expect(warnings() == [])
        }
        try threads.scratch.write(
            ".codex/config.toml",
            provider + "[projects.\"\(threads.home)\"]\ntrust_level = \"trusted\"\n"
        )
        #expect(warnings().count == 1)
    }

    @Test("Outside a repository the question is one of older releases")
    func namesReleases() throws {
        try threads.scratch.write(".codex/config.toml", provider)
        #expect(warnings() == [])
        let older = warnings(Environment(), "0.147.0")
        #expect(older.count == 1)
        #expect(older.first?.contains("whether to trust \(workdir);") == true)
    }

    @Test("A linked work tree is asked about as the repository it belongs to")
    func followsWorktrees() throws {
        try threads.scratch.write("repo/.git", "gitdir: /srv/main/.git/worktrees/repo\n")
        try threads.scratch.write(".codex/config.toml", provider)
        #expect(warnings()[0].contains("[projects.\"/srv/main\"]"))
    }

    @Test("No sign-in is announced with a login or another provider")
    func knowsSignIn() throws {
        func asks() -> Bool { warnings().contains { $0.contains("sign in") } }
        #expect(asks())
        try threads.scratch.write(".codex/config.toml", provider)
        #expect(!asks())
        try threads.scratch.write(
            ".codex/config.toml",
            provider + "[model_providers.mine]\nrequires_openai_auth = true\n"
        )
        #expect(asks())
        try threads.scratch.write(".codex/config.toml", "cli_auth_credentials_store = \"keyring\"\n")
        #expect(!asks())
        try threads.scratch.write(".codex/config.toml", "model_provider = \"openai\"\n")
        #expect(asks())
        try threads.scratch.write(".codex/auth.json", "{}")
        #expect(!asks())
    }

    @Test("A CODEX_HOME that is not there is announced: Codex refuses to start")
    func wantsItsHome() {
        let missing = threads.home / "missing"
        #expect(
            warnings(Environment(["CODEX_HOME": "\(missing)"])) == [
                "first-run-dialog: Codex does not start without CODEX_HOME; run mkdir -p \(missing)"
            ]
        )
    }
}
