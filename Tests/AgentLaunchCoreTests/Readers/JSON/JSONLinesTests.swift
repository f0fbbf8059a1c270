import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("JSON lines", .timeLimit(.minutes(1)))
struct JSONLinesTests {
    @Test(
        "Lines come from the head in order and from the tail in reverse, blanks and NULs left out",
        arguments: [1, 3, 64]
    )
    func bothWays(_ chunk: Int) throws {
        let folder = try ScratchDirectory()
        let file = try folder.write(
            "a.jsonl",
            "{\"n\":1}\n\n \n\0\0\0\n{\"n\":2}\n{\"n\":\n{\"n\":3}\n{\"n\":4"
        )
        let lines = try JSONLines(file, chunkSize: chunk)
        var forward: [JSONRecord] = []
        while let record = try lines.next(["n"]) { forward.append(record) }
        #expect(forward.map { $0.value?["n"]?.integer } == [1, 2, nil, 3, nil])
        #expect(forward.map(\.outcome).filter { $0 == .torn }.count == 2)
        #expect(forward.map(\.terminated) == [true, true, true, true, false])
        var backward: [JSONRecord] = []
        while let record = try lines.previous(["n"]) { backward.append(record) }
        #expect(backward.reversed() == forward)
    }

    @Test("The head goes on where it was after a look at the tail")
    func interleaved() throws {
        let folder = try ScratchDirectory()
        let text = (0..<20).map { "{\"n\":\($0)}\n" }.joined()
        let lines = try JSONLines(try folder.write("a.jsonl", text), chunkSize: 16)
        #expect(try lines.next(["n"])?.value?["n"]?.integer == 0)
        #expect(try lines.previous(["n"])?.value?["n"]?.integer == 19)
        #expect(try lines.next(["n"])?.value?["n"]?.integer == 1)
        lines.rewind()
        #expect(try lines.next(["n"])?.value?["n"]?.integer == 0)
    }

    @Test("Strict: every line must be valid, NULs and torn lines are not")
    func strict() throws {
        let folder = try ScratchDirectory()
        for (text, valid) in [
            ("", true), ("{}\n[1]\n", true), ("{}\n\n{}", true), ("{}\n{\"a\":", false),
            ("{}\n\0\0\n", false),
            ("{}\nx\n{}\n", false),
        ] {
            let lines = try JSONLines(try folder.write("a.jsonl", text))
            var isValid = true
            while let record = try lines.next(.none) { isValid = isValid && record.isStrictlyValid }
            #expect((isValid && !lines.sawNULs) == valid, "\(text)")
        }
    }

    @Test("A missing file, a directory and a large small file are errors with their number")
    func errors() throws {
        let folder = try ScratchDirectory()
        #expect(throws: Errno(code: ENOENT)) { try JSONLines(folder.path / "none") }
        #expect(throws: Errno(code: EISDIR)) { try JSONLines(folder.path) }
        let file = try folder.write("small", "12345")
        #expect(throws: Errno(code: EFBIG)) { try contentsOfSmallFile(file, limit: 4) }
        #expect(try contentsOfSmallFile(file, limit: 5) == Bytes("12345".utf8))
        #expect(try contentsOfSmallFile(folder.path / "none") == nil)
    }

    @Test("A line of 60 MB between small ones is read both ways in bounded memory")
    func giant() throws {
        let folder = try ScratchDirectory()
        let file = folder.path / "giant.jsonl"
        let descriptor = file.withCString { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
        try #require(descriptor >= 0)
        func put(_ text: String) {
            _ = Bytes(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress!, $0.count) }
        }
        let block = String(repeating: "0123456789abcdef0123456789abcd\\n", count: 1 << 15)
        put("{\"type\":\"first\"}\n{\"big\":\"")
        for _ in 0..<60 { put(block) }
        put("\",\"type\":\"user\"}\n{\"type\":\"last\"}\n")
        close(descriptor)

        // What tests beside this one allocate counts too, but not each time.
        let grown = try (1...3).map { _ in try kilobytesToReadBothWays(file) }
        #expect(grown.contains { $0 < 48_000 }, "\(grown)")
    }

    /// What the process has grown by while the reader still holds all that it keeps.
    private func kilobytesToReadBothWays(_ file: Path) throws -> Int {
        let before = residentKilobytes()
        let lines = try JSONLines(file)
        #expect(lines.size > 60_000_000)
        var types: [String?] = []
        while let record = try lines.next(["big", "type"]) {
            types.append(record.value?["type"]?.text)
            if types.count == 2 { #expect(record.value?["big"] == .tooLarge) }
        }
        #expect(types == ["first", "user", "last"])
        #expect(try lines.previous(["type"])?.value?["type"]?.text == "last")
        #expect(try lines.previous(["type"])?.value?["type"]?.text == "user")
        return withExtendedLifetime(lines) { residentKilobytes() - before }
    }

    @Test("a file of the year 2300 is read like any other")
    func farFuture() throws {
        let folder = try ScratchDirectory()
        let file = try folder.write("far.jsonl", "{}\n")
        var times = [timespec(), timespec()]
        times[0].tv_sec = 10_413_792_000
        times[1].tv_sec = 10_413_792_000
        #expect(file.withCString { utimensat(AT_FDCWD, $0, times, 0) } == 0)
        #expect(try JSONLines(file).modified.milliseconds / 1000 >= 10_413_792_000)
        let status = try #require(try fileStatus(file))
        #expect(FileStamp(status).modified.seconds >= 10_413_792_000)
    }

    private func residentKilobytes() -> Int {
        let statm = (try? ReadOnlyFile("/proc/self/statm").read(200, at: 0)) ?? []
        return (Int(statm.lossyText.split(separator: " ")[1]) ?? 0) * 4
    }
}
