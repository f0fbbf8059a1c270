import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("Draining agentapi's terminal", .timeLimit(.minutes(1)))
struct DrainTests {
    /// Two pipes: agentapi's side, and the caller's.
    private struct Pipes: ~Copyable {
        let source: (read: Int32, write: Int32)
        let sink: (read: Int32, write: Int32)

        init() {
            func make() -> (Int32, Int32) {
                var ends: [Int32] = [0, 0]
                _ = pipe(&ends)
                for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
                return (ends[0], ends[1])
            }
            source = make()
            sink = make()
        }

        func produce(_ text: String) {
            _ = Bytes(text.utf8).withUnsafeBytes { Glibc.write(source.write, $0.baseAddress!, $0.count) }
        }

        func taken() -> Bytes {
            var all: Bytes = []
            var buffer = Bytes(repeating: 0, count: 1 << 16)
            while true {
                let count = buffer.withUnsafeMutableBytes { Glibc.read(sink.read, $0.baseAddress!, $0.count) }
                if count <= 0 { return all }
                all += buffer[..<count]
            }
        }

        deinit { for end in [source.read, source.write, sink.read, sink.write] { close(end) } }
    }

    @Test("passes bytes on unchanged")
    func passesOn() {
        let pipes = Pipes()
        var drain = Drain(master: pipes.source.read, output: pipes.sink.write)
        pipes.produce("a\r\n\u{1b}[31m\u{0}ü")
        drain.read()
        #expect(drain.output.write() == nil)
        #expect(pipes.taken() == Bytes("a\r\n\u{1b}[31m\u{0}ü".utf8))
        #expect(drain.dropped == 0)
    }

    @Test("takes everything from agentapi though the caller takes nothing, and keeps the end of it")
    func neverMakesAgentAPIWait() {
        let pipes = Pipes()
        var drain = Drain(master: pipes.source.read, output: pipes.sink.write)
        let line = String(repeating: "x", count: 1023) + "\n"
        var produced = 0
        for _ in 0..<3000 {
            pipes.produce(line)
            produced += line.utf8.count
            drain.read()
            _ = drain.output.write()
        }
        pipes.produce("the end")
        produced += 7
        drain.read()
        var all: Bytes = []
        repeat {
            all += pipes.taken()
            _ = drain.output.write()
        } while !drain.output.isEmpty
        all += pipes.taken()
        #expect(all.suffix(7).elementsEqual(Bytes("the end".utf8)))
        #expect(all.count + drain.dropped == produced)
        #expect(drain.dropped > 0)
    }

    @Test(
        "knows the lines that announce the end, of new and old releases, also when they come in two pieces",
        arguments: [("Received shut", "down signal"), ("Closing p", "rocess")]
    )
    func findsTheShutdownLine(_ pieces: (String, String)) {
        let pipes = Pipes()
        var drain = Drain(master: pipes.source.read, output: pipes.sink.write)
        pipes.produce("time=… level=INFO msg=\"\(pieces.0)")
        drain.read()
        #expect(!drain.saidShutdown)
        pipes.produce("\(pieces.1)\"\n")
        drain.read()
        #expect(drain.saidShutdown)
    }

    @Test("does not mistake a failing agent's output for agentapi's", arguments: [9, 60, 100])
    func screenOfTheAgent(_ cut: Int) {
        let pipes = Pipes()
        var drain = Drain(master: pipes.source.read, output: pipes.sink.write)
        let text =
            "agent exited with error:\n  - ========\nlevel=INFO msg=\"Received shutdown signal\"\n========\n"
        pipes.produce(String(text.prefix(cut)))
        drain.read()
        pipes.produce(String(text.dropFirst(cut)))
        drain.read()
        #expect(!drain.saidShutdown)
    }

    @Test("knows the announcement also where a screen follows at once")
    func announcementBeforeAScreen() {
        let pipes = Pipes()
        var drain = Drain(master: pipes.source.read, output: pipes.sink.write)
        pipes.produce("level=INFO msg=\"Closing process\"\nerror:\n  - ========\nbye\n========\n")
        drain.read()
        #expect(drain.saidShutdown)
    }

    @Test("reports once that the caller has closed its end")
    func closedReader() {
        let pipes = Pipes()
        signal(SIGPIPE, SIG_IGN)
        var drain = Drain(master: pipes.source.read, output: pipes.sink.write)
        close(pipes.sink.read)
        pipes.produce("one")
        drain.read()
        #expect(drain.output.write()?.code == EPIPE)
        pipes.produce("two")
        drain.read()
        #expect(drain.output.write() == nil)
        #expect(drain.output.isEmpty)
    }
}
