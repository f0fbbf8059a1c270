import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("A child that lost its launcher", .timeLimit(.minutes(1)))
struct PredecessorTests {
    private func run(
        _ child: ProcessIdentity?,
        launcher: ProcessIdentity = .init(pid: 2_147_483_000, startTicks: 1),
        _ transport: Transport = .agentapi
    ) -> Run {
        Run(
            agent: "claude",
            workdir: "/home/coder/project",
            name: "default",
            transport: transport,
            launcher: launcher,
            child: child,
            stopTimeoutMilliseconds: 1000,
            startedAt: .minute(1)
        )
    }

    /// A shell under agentapi's name that says on which signals it ended.
    private func shell(_ script: String) throws -> NamedProcess {
        try NamedProcess("agentapi", ["-c", script], program: "/bin/sh")
    }

    private func isAlive(_ process: NamedProcess) -> Bool { process.process != nil }

    @Test("No predecessor, an exited one and a reused pid are not waited for")
    func none() throws {
        var lines: [String] = []
        let other = try NamedProcess("agentapi")
        let recycled = ProcessIdentity(pid: other.pid, startTicks: 1)
        for child in [nil, ProcessIdentity(pid: 2_147_483_000, startTicks: 1), recycled] {
            try Predecessor.end(run: run(child), timeout: 1000) { lines.append($0) }
        }
        #expect(lines.isEmpty && isAlive(other))
    }

    @Test("A process that is not agentapi, or still has its launcher, is left alone")
    func untouched() throws {
        var lines: [String] = []
        let other = try NamedProcess("sleep")
        try Predecessor.end(run: run(other.process), timeout: 10) { lines.append($0) }
        let agentapi = try NamedProcess("agentapi")
        let me = try #require(ProcessIdentity(getpid()))
        let attended = run(agentapi.process, launcher: me)
        try Predecessor.end(run: attended, timeout: 10) { lines.append($0) }
        #expect(lines.isEmpty && isAlive(other) && isAlive(agentapi))
    }

    @Test("One that is ending gets no signal, and one line says that it is waited for")
    func ending() throws {
        var lines: [String] = []
        let process = try shell(
            "trap 'exit 3' TERM HUP; i=0; while [ $i -lt 12 ]; do sleep 0.1; i=$((i+1)); done; exit 7"
        )
        try Predecessor.end(run: run(process.process), timeout: 60_000) { lines.append($0) }
        #expect(process.reap() == .exited(7))
        #expect(lines.count == 1 && lines[0].contains("pid \(process.pid)"))
    }

    @Test("One that never ends is killed after the time limit, with what it had started")
    func killed() throws {
        let scratch = try ScratchDirectory()
        let note = scratch.path / "pid"
        let process = try shell(
            "trap '' HUP TERM; setsid sh -c 'trap \"\" HUP TERM; echo $$ > \(note); while :; do sleep 1; done' & wait"
        )
        while try contentsOfSmallFile(note)?.last != 0x0a { usleep(1000) }
        let text = try #require(try contentsOfSmallFile(note)).lossyText
        let inner = try #require(Int32(text.dropLast()).flatMap { ProcessIdentity($0) })
        try Predecessor.end(run: run(process.process), timeout: 300, say: { _ in })
        #expect(process.reap() == .signalled(SIGKILL))
        #expect(!inner.isAlive)
    }

    @Test("A direct agent is waited for too, whatever its name, and then killed")
    func direct() throws {
        let process = try NamedProcess("claude")
        let run = run(process.process, .direct)
        try Predecessor.end(run: run, timeout: 200, say: { _ in })
        #expect(process.reap() == .signalled(SIGKILL))
    }
}
