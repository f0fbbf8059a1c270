import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("Descendants", .timeLimit(.minutes(1)))
struct DescendantsTests {
    @Test(
        "An exited child counts until it is reaped, so that no zombie is left to process 1"
    )
    func theUnreapedCount() throws {
        // Whoever is there at the first look is a stranger.
        _ = Descendants.strangers
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A session of its own (POSIX_SPAWN_SETSID, which Swift does not see) tells it from other tests' children.
        posix_spawnattr_setflags(&attributes, Int16(0x80))
        var child: pid_t = 0
        let name = strdup("true")
        defer { free(name) }
        try #require(posix_spawnp(&child, "true", nil, &attributes, [name, nil], nil) == 0)
        var end = siginfo_t()
        #expect(waitid(P_PID, id_t(child), &end, WEXITED | WNOWAIT) == 0)
        #expect(Descendants.count(session: child) == 1)
        #expect(!Descendants.pids().contains(child))
        #expect(waitpid(child, nil, 0) == child)
        #expect(Descendants.count(session: child) == 0)
    }
}
