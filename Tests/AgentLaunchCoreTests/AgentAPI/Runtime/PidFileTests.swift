import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("agentapi's pid file", .timeLimit(.minutes(1)))
struct PidFileTests {
    private let scratch: ScratchDirectory
    private let file: PidFile

    init() throws {
        scratch = try ScratchDirectory()
        file = PidFile(path: scratch.path / "agentapi.pid", root: scratch.path / "state")
    }

    private var isThere: Bool { get throws { try fileStatus(file.path) != nil } }

    @Test("A missing pid file is no obstacle")
    func absent() throws { #expect(throws: Never.self) { try file.makeWay() } }

    @Test(
        "A pid file without a live agentapi is removed: dead, init, ours, another program, no pid",
        arguments: ["2147483000\n", "1\n", "0", "-1\n", "", "x\n", "99999999999999999999\n", " 1 \n"]
    )
    func stale(_ content: String) throws {
        try scratch.write("agentapi.pid", content)
        try file.makeWay()
        #expect(try isThere == false)
    }

    @Test("One that holds our own pid or our parent's is removed")
    func recycled() throws {
        for pid in [getpid(), getppid()] {
            try scratch.write("agentapi.pid", "\(pid)\n")
            try file.makeWay()
            #expect(try isThere == false)
        }
    }

    @Test("One of a live agentapi stops the start, naming pid and file, and stays")
    func live() throws {
        let process = try NamedProcess("agentapi")
        defer { process.end() }
        try scratch.write("agentapi.pid", "\(process.pid)\n")
        let error = try #require(throws: LaunchError.self) { try file.makeWay() }
        #expect(error.status == .alreadyRunning)
        #expect(error.what == file.path.description && error.why.contains("pid \(process.pid)"))
        #expect(try isThere)
        process.end()
        try file.makeWay()
        #expect(try isThere == false)
    }

    @Test("A file too large for a pid file is not removed")
    func large() throws {
        try scratch.write("agentapi.pid", String(repeating: "notes\n", count: 1000))
        let error = try #require(throws: LaunchError.self) { try file.makeWay() }
        #expect(error.status == .cannotCreate)
        #expect(try isThere)
    }

    @Test("After the child was reaped only its own pid file is removed")
    func afterwards() throws {
        try scratch.write("agentapi.pid", "4711\n")
        file.removeIfHolds(4712)
        #expect(try isThere)
        file.removeIfHolds(4711)
        #expect(try isThere == false)
        file.removeIfHolds(4711)
    }

    @Test("A program is an agentapi by its name, not by a name that only contains it")
    func names() {
        #expect(["agentapi", "agentapi-linux-amd64"].allSatisfy { AgentAPIProcess.isName(Bytes($0.utf8)) })
        #expect(
            ["agent", "myagentapi", "agentapis", ""].allSatisfy { !AgentAPIProcess.isName(Bytes($0.utf8)) }
        )
    }
}
