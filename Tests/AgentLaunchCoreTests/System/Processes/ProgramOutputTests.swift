import Testing

@testable import AgentLaunchCore

@Suite("What a program prints within a time limit", .timeLimit(.minutes(1)))
struct ProgramOutputTests {
    private func said(_ script: String, within milliseconds: Int32) -> String? {
        let words = ["-c", script].map { Bytes($0.utf8) }
        return output(
            of: "/bin/sh",
            words,
            environment: Environment(["PATH": "/usr/bin:/bin"]),
            milliseconds: milliseconds
        )
    }

    @Test("One that closes its output and does not end is not waited for")
    func closedOutput() {
        #expect(said("echo 1.2", within: 30_000) == "1.2\n")
        #expect(said("echo 1.2; exec >&-; exec sleep 20", within: 300) == nil)
    }
}
