import Testing

@testable import AgentLaunchCore

@Suite("Reading a log in parts", .timeLimit(.minutes(1)))
struct LogFilesTests {
    private let folder: ScratchDirectory

    init() throws { folder = try ScratchDirectory() }

    private var files: LogFiles { LogFiles(folder.path / "log") }

    private func tail(_ lines: Int) -> String? { files.lastLines(lines)?.lossyText }

    @Test("The last lines, also where they lie in an older part or begin there")
    func lastLines() throws {
        try folder.write("log.3", "1\n2\n")
        try folder.write("log.1", "3\n4 be")
        try folder.write("log", "gun\n5\n")
        #expect(tail(0) == "")
        #expect(tail(1) == "5\n")
        #expect(tail(2) == "4 begun\n5\n")
        #expect(tail(3) == "3\n4 begun\n5\n")
        #expect(tail(5) == "1\n2\n3\n4 begun\n5\n")
        #expect(tail(99) == "1\n2\n3\n4 begun\n5\n")
    }

    @Test("A last line without a line break is a line, and an empty last part is not")
    func ends() throws {
        try folder.write("log.1", "a\nb\n")
        try folder.write("log", "")
        #expect(tail(1) == "b\n")
        try folder.write("log", "c")
        #expect(tail(1) == "c")
        #expect(tail(2) == "b\nc")
    }

    @Test("Lines longer than what is read at once, and bytes that are no text")
    func long() throws {
        let long = Bytes(repeating: 0xff, count: 200_000)
        try folder.write("log", Bytes("x\n".utf8) + long + [0x0a] + long)
        #expect(files.lastLines(1) == long)
        #expect(files.lastLines(2) == long + [0x0a] + long)
    }

    @Test("No log is nothing, not an empty one")
    func none() { #expect(files.lastLines(3) == nil) }
}
