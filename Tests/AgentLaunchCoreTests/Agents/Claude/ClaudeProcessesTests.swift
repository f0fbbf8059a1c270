import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("Running Claude Code processes", .timeLimit(.minutes(1)))
struct ClaudeProcessesTests {
    @Test("Our own process is read from /proc")
    func own() throws {
        let status = try #require(ProcessStatus(getpid()))
        #expect(status.arguments.first?.isEmpty == false)
        let now = Int64(time(nil)) * 1000
        let started = try #require(status.started)
        #expect(started.milliseconds <= now + 2000)
        #expect(ProcessStatus(0) == nil && ProcessStatus(Int32.max) == nil)
    }

    @Test("A holder lives, is Claude Code, and is the process that wrote the file")
    func holder() throws {
        let home = try ClaudeHome()
        try home.write(ClaudeHome.id, ClaudeHome.user("hi"))
        let session = try #require(home.session())
        // A process whose name is the agent's: what it runs does not matter.
        let claude = try Sleeper(named: "claude")
        let other = try Sleeper(named: "other")
        func holder(_ process: Sleeper, _ more: String, id: String = ClaudeHome.id) throws -> Int32? {
            let file = try home.scratch.write(
                ".claude/sessions/\(process.pid).json",
                #"{"pid":\#(process.pid),"sessionId":"\#(id)"\#(more)}"#
            )
            defer { _ = file.withCString { unlink($0) } }
            return home.store.holder(of: session)
        }
        let ticks = try #require(ProcessStatus(claude.pid)).startTicks
        let otherTicks = try #require(ProcessStatus(other.pid)).startTicks
        #expect(try holder(claude, #","procStart":"\#(ticks)""#) == claude.pid)
        #expect(try holder(claude, #","procStart":\#(ticks)"#) == claude.pid)
        #expect(try holder(claude, #","procStart":"\#(ticks + 1)""#) == nil, "a recycled pid")
        #expect(try holder(other, #","procStart":"\#(otherTicks)""#) == nil, "a foreign process")
        #expect(try holder(claude, #","procStart":"\#(ticks)""#, id: "other") == nil)
        #expect(try holder(claude, #","startedAt":\#(Int64(time(nil)) * 1000 + 1000)"#) == claude.pid)
        #expect(try holder(claude, #","startedAt":1000"#) == nil, "older than the process: a recycled pid")
        #expect(try holder(claude, "") == nil)
        claude.kill()
        #expect(try holder(claude, #","procStart":"\#(ticks)""#) == nil, "killed")
    }
}
