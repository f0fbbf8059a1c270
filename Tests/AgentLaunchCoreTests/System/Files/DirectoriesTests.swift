import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("Files that appear whole or not at all", .timeLimit(.minutes(1)))
struct DirectoriesTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func names() throws -> [String] {
        try namesInDirectory(scratch.path).map(\.lossyText).sorted()
    }

    @Test("Temporary files of killed processes go with the next write, those of the living stay")
    func abandoned() throws {
        // A child that was reaped: its number is nobody's for a while.
        var dead: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        #expect(posix_spawn(&dead, "/bin/true", nil, nil, &arguments, environ) == 0)
        #expect(waitpid(dead, nil, 0) == dead)
        free(arguments[0])
        let others = [
            "record.json.\(getppid()).tmp", "run.json.\(dead).tmp", "record.json.tmp", "record.json.x.tmp",
            "record.json.\(dead).old",
        ]
        for name in others + ["record.json.\(dead).tmp"] { try scratch.write(name, "half") }
        try replaceFile(scratch.path / "record.json", Bytes("whole".utf8))
        #expect(try names() == (others + ["record.json"]).sorted())
        #expect(try contentsOfSmallFile(scratch.path / "record.json", limit: 100) == Bytes("whole".utf8))
    }
}
