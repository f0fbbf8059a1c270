import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("Kiro: its sessions", .timeLimit(.minutes(1)))
struct KiroStoreTests {
    @Test("An id is found whatever its engine, a broken one is not absent")
    func find() throws {
        func look(_ name: String, _ id: String, workdir: Path = "/srv") throws -> Lookup {
            let home = try StoredHome("kiro", name)
            let query = StoreQuery(
                environment: Environment(),
                home: home.path,
                workdir: workdir,
                name: "default"
            )
            var findings = Findings()
            return KiroStore(query).find(id, &findings)
        }
        let id = "0c1a1b4e-5d32-4e0e-9d5c-6b7a3f2e1d0"
        for found in [id + "0", id + "1", "sess_" + id + "0"] {
            guard case .found(let session) = try look("own-newest-of-three-engines", found) else {
                Issue.record("\(found) is not found")
                continue
            }
            #expect(session.id == found && session.state == .resumable)
        }
        #expect(try look("own-newest-of-three-engines", id + "2") == .absent)
        for (name, broken) in [
            ("v1-torn-value", id + "0"), ("v2-torn-description", id + "0"), ("v2-not-text", id + "0"),
            ("v3-torn-description", "sess_" + id + "0"), ("database-is-text", id + "0"),
            ("v2-folder-is-a-file", id + "0"),
        ] {
            guard case .unreadable = try look(name, broken) else {
                Issue.record("\(name) is read")
                continue
            }
        }
    }
}

@Suite("Kiro: locks, ids, folders and its command line", .timeLimit(.minutes(1)))
struct KiroRulesTests {
    @Test("A lock is held by a Kiro that lives and is older than it")
    func locks() throws {
        let scratch = try ScratchDirectory()
        func holder(_ content: String) throws -> Int32? {
            KiroLock(try scratch.write("a.lock", content)).holder
        }
        // This process lives, and is none of Kiro's.
        #expect(try holder(#"{"pid": \#(getpid())}"#) == nil)
        #expect(try holder(#"{"pid": 1}"#) == nil)
        #expect(KiroLock(scratch.path / "none.lock").isUnreadable == false)
        for content in ["", "{", "{}", #"{"pid": "1"}"#] {
            #expect(KiroLock(try scratch.write("a.lock", content)).isUnreadable)
            #expect(try holder(content) == nil)
        }
        #expect(!KiroLock(try scratch.write("a.lock", #"{"pid": 1}"#)).isUnreadable)
    }

    private static let uuid = "0c1a1b4e-5d32-4e0e-9d5c-6b7a3f2e1d00"

    @Test("Ids are those that an engine makes")
    func ids() {
        for id in [Self.uuid, "sess_" + Self.uuid, "cli_" + Self.uuid, "cli_" + Self.uuid + "_a1B2c3D4"] {
            #expect(Agent.kiro.isSessionID(id))
        }
        for id in [
            "", "--classic", "sess_", "sess_--resume", "sess_" + Self.uuid + "x", "cli_x",
            "cli_" + Self.uuid + "_",
            "cli_" + Self.uuid + "_--resum", "cli_" + Self.uuid + "_aaaaaaaaa",
            "cli_" + Self.uuid + "_ääääääää",
            "other_" + Self.uuid,
        ] {
            #expect(!Agent.kiro.isSessionID(id), "\(id)")
        }
    }

    @Test("KIRO_HOME and XDG_DATA_HOME move what they name, and the editor's sessions stay")
    func folders() {
        func folders(_ environment: Environment) -> KiroDirectories {
            KiroDirectories(StoreQuery(environment: environment, home: "/h", workdir: "/w", name: "default"))
        }
        let plain = folders(Environment())
        #expect(plain.flat == "/h/.kiro/sessions/cli" && plain.workspaceRoots == ["/h/.kiro/sessions"])
        #expect(plain.database == "/h/.local/share/kiro-cli/data.sqlite3")
        let moved = folders(Environment(["KIRO_HOME": "/k", "XDG_DATA_HOME": "/d"]))
        #expect(moved.flat == "/k/sessions/cli")
        #expect(moved.workspaceRoots == ["/k/sessions", "/h/.kiro/sessions"])
        #expect(moved.database == "/d/kiro-cli/data.sqlite3")
        let relative = folders(Environment(["KIRO_HOME": "k", "XDG_DATA_HOME": "d"]))
        #expect(relative.flat == "/w/k/sessions/cli")
        #expect(relative.database == "/h/.local/share/kiro-cli/data.sqlite3")
    }

    private func command(
        _ start: CommandRequest.Start,
        version: Version = "2.27.1",
        _ change: (inout CommandRequest) -> Void = { _ in }
    ) throws -> (words: String, warnings: [String]) {
        var request = CommandRequest(.kiro, start, attended: false, version: version)
        change(&request)
        let command = try Agent.kiro.command(request)
        return (command.line, command.warnings.map(\.code))
    }

    private func session(_ store: Path, _ id: String = uuid, directory: Path = "/w") -> Session {
        Session(id: id, directory: directory, store: store, state: .resumable)
    }

    @Test("The engine whose store holds the id is named, a cold start names none")
    func forms() throws {
        let cold = CommandRequest.Start.cold(NewSession())
        #expect(try command(cold) == ("kiro-cli chat", []))
        let full = try command(cold) {
            $0.model = "m"
            $0.allowAll = true
            $0.extra = [Bytes("--agent=a".utf8)]
        }
        #expect(full == ("kiro-cli chat --model m --trust-all-tools --agent=a", []))
        let id = Self.uuid
        #expect(
            try command(.warm(session("/d/data.sqlite3")))
                == ("kiro-cli chat --classic --resume-id \(id)", ["resume-summarises"])
        )
        #expect(
            try command(.warm(session(Path("/s/cli/\(id).json"))))
                == ("kiro-cli chat --agent-engine v2 --resume-id \(id)", [])
        )
        #expect(
            try command(.warm(session(Path("/s/b/sess_\(id)/session.json"), "sess_" + id, directory: "/o")))
                == ("kiro-cli chat --agent-engine v3 --resume-id sess_\(id)", ["other-directory"])
        )
    }

    @Test("A release that cannot resume by id is refused, but not for a cold start")
    func version() throws {
        #expect(throws: LaunchError.self) {
            try command(.warm(session("/s/cli/x.json")), version: "2.5.0")
        }
        #expect(throws: Never.self) { try command(.warm(session("/s/cli/x.json")), version: "2.5.1") }
        #expect(throws: Never.self) { try command(.cold(NewSession()), version: "2.0.0") }
    }

    @Test("A flag that chooses a session in a cluster, and a word that would be the prompt, are refused")
    func refused() {
        for extra in [["-ar"], ["hello"], ["--agent", "a", "b"]] {
            #expect(throws: LaunchError.self) {
                try command(.cold(NewSession())) { $0.extra = extra.map { Bytes($0.utf8) } }
            }
        }
    }
}
