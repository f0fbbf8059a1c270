import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("A log that rotates", .timeLimit(.minutes(1)))
struct RotatingLogTests {
    private let folder: ScratchDirectory

    init() throws { folder = try ScratchDirectory() }

    private var path: Path { folder.path / "deep/er/log" }

    private func content(_ path: Path) -> String? {
        (try? contentsOfSmallFile(path, limit: 1 << 20))?.map(\.lossyText)
    }

    private func write(_ log: RotatingLog, _ text: String) {
        Bytes(text.utf8).withUnsafeBytes { log.write($0) }
    }

    private func mode(_ path: Path) throws -> mode_t { try #require(try fileStatus(path)).st_mode & 0o7777 }

    @Test("Rotation loses nothing, keeps three older parts, and keeps each below the limit")
    func rotation() throws {
        let log = try RotatingLog(path, limit: 10)
        for text in ["aaaa\n", "bbbb\n", "cccc\n", "dddd\n", "eeee\n", "ffff\n", "gggg\n", "hh"] {
            write(log, text)
        }
        let parts = (1...4).map { content(path + ".\($0)") }
        #expect(content(path) == "gggg\nhh")
        #expect(parts == ["eeee\nffff\n", "cccc\ndddd\n", "aaaa\nbbbb\n", nil])
        write(log, "iiiii")
        #expect(content(path + ".3") == "cccc\ndddd\n")
        for part in [path, path + ".1", path + ".3"] { #expect(try mode(part) == 0o600) }
        #expect(try mode(path.parent) == 0o700)
    }

    @Test("Earlier output stays, and a line of agentlaunch starts on a new line")
    func appends() throws {
        try folder.write("log", "earlier, without an end")
        let log = try RotatingLog(folder.path / "log")
        log.line("two\nlines")
        write(log, "x")
        log.line("end")
        #expect(
            content(folder.path / "log")
                == "earlier, without an end\nagentlaunch: two\\nlines\nx\nagentlaunch: end\n"
        )
    }

    @Test("A log that others can read is made private")
    func tightened() throws {
        let file = try folder.write("log", "x")
        #expect(file.withCString { chmod($0, 0o644) } == 0)
        _ = try RotatingLog(file)
        #expect(try mode(file) == 0o600)
    }

    @Test("A link, a folder and a pipe are refused and left as they are")
    func refused() throws {
        let target = try folder.write("target", "x")
        try folder.link("link", to: target)
        try folder.makeDirectory(folder.path / "folder")
        #expect((folder.path / "pipe").withCString { mkfifo($0, 0o600) } == 0)
        for name in ["link", "folder", "pipe"] {
            let error = try #require(throws: LaunchError.self) { try RotatingLog(folder.path / name) }
            #expect(error.status == .cannotCreate)
            #expect(error.what.hasSuffix(name))
        }
        #expect(content(target) == "x")
    }

    @Test("Another user's file is refused", .enabled(if: geteuid() == 0, "only root can give a file away"))
    func foreign() throws {
        let file = try folder.write("log", "x")
        #expect(file.withCString { chown($0, 65534, 65534) } == 0)
        let error = try #require(throws: LaunchError.self) { try RotatingLog(file) }
        #expect(error.why == "it belongs to another user")
    }

    @Test("A full disk is reported once, and the log continues later with a note of what is missing")
    func fullDisk() throws {
        var notes: [String] = []
        let file = try folder.write("log", "")
        let log = try RotatingLog(file) { notes.append($0) }
        // The log's own descriptor leads to a device that is always full.
        let own = try #require(openDescriptor(of: file))
        let saved = dup(own)
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        dup2(full, own)
        close(full)
        write(log, "12345")
        write(log, "678")
        #expect(notes.count == 1)
        dup2(saved, own)
        close(saved)
        write(log, "and on\n")
        #expect(content(file) == "agentlaunch: 8 bytes of output were lost here\nand on\n")
        #expect(notes.count == 1)
    }

    @Test("A log that was rotated meanwhile is not rotated again")
    func movedAway() throws {
        let log = try RotatingLog(path, limit: 4)
        write(log, "old\n")
        #expect(path.withCString { from in (path + ".mine").withCString { rename(from, $0) } } == 0)
        write(log, "new\n")
        #expect(content(path) == "new\n")
        #expect(content(path + ".mine") == "old\n")
        #expect(content(path + ".1") == nil)
    }

    private func openDescriptor(of file: Path) -> Int32? {
        var wanted = stat()
        _ = file.withCString { stat($0, &wanted) }
        return (3..<256).first { number in
            var status = stat()
            return fstat(number, &status) == 0 && status.st_ino == wanted.st_ino
                && status.st_dev == wanted.st_dev
        }
    }
}
