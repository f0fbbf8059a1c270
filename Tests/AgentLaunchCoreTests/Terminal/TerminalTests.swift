import CPseudoTerminal
import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("A queue of bytes", .timeLimit(.minutes(1)))
struct ByteQueueTests {
    @Test("gives bytes in order across its end, and takes no more than fit")
    func ringKeepsOrderAndBound() {
        var queue = ByteQueue(capacity: 8)
        var taken: Bytes = []
        for round in 0..<50 {
            let piece = (0..<3).map { UInt8(round * 3 + $0) }
            let added = queue.append(piece)
            #expect(added)
            _ = queue.remove { bytes in
                taken += Bytes(bytes.prefix(2))
                return min(2, bytes.count)
            }
            while queue.room < 3 {
                _ = queue.remove { bytes in
                    taken += Bytes(bytes)
                    return bytes.count
                }
            }
        }
        while !queue.isEmpty {
            _ = queue.remove { bytes in
                taken += Bytes(bytes)
                return bytes.count
            }
        }
        #expect(taken == (0..<150).map { UInt8($0) })
        let fits = queue.append(Bytes(repeating: 1, count: 8))
        #expect(fits)
        let overflows = queue.append([1])
        #expect(!overflows)
        #expect(queue.count == 8)
    }

    @Test("an error while filling or draining changes nothing")
    func errorsChangeNothing() {
        var queue = ByteQueue(capacity: 4)
        let fitsBefore = queue.append([1, 2])
        #expect(fitsBefore)
        let failedFill = queue.append { _ in -1 }
        #expect(failedFill == -1)
        let failedDrain = queue.remove { _ in -1 }
        #expect(failedDrain == -1)
        #expect(queue.count == 2)
    }
}

@Suite("Control sequences", .timeLimit(.minutes(1)))
struct ControlSequenceTests {
    private func scan(_ text: String, pieces size: Int) -> [ControlSequence] {
        var scanner = ControlSequenceScanner()
        var found: [ControlSequence] = []
        let bytes = Bytes(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { piece in
                scanner.scan(piece) { sequence, _ in found.append(sequence) }
            }
        }
        return found
    }

    @Test("are found however the output is cut", arguments: [1, 2, 3, 5, 100])
    func foundInPieces(size: Int) {
        let text = "a\u{1b}[?1049;25hb\u{1b}[6n\u{1b}\u{1b}[<2u\u{1b}[!p\u{1b}]0;t\u{7}\u{1b}[c"
        #expect(
            scan(text, pieces: size) == [
                ControlSequence(prefix: UInt8(ascii: "?"), parameters: [1049, 25], final: UInt8(ascii: "h")),
                ControlSequence(prefix: 0, parameters: [6], final: UInt8(ascii: "n")),
                ControlSequence(prefix: UInt8(ascii: "<"), parameters: [2], final: UInt8(ascii: "u")),
                ControlSequence(prefix: 0, parameters: [], final: UInt8(ascii: "c")),
            ]
        )
    }

    @Test("without an end cost no memory and hide nothing after them")
    func endlessSequence() {
        let text = "\u{1b}[" + String(repeating: "1;", count: 10_000) + "h\u{1b}[5n"
        #expect(scan(text, pieces: 7).last?.final == UInt8(ascii: "n"))
        #expect(scan(text, pieces: 7).count == 1)
    }
}

@Suite("A failed start", .timeLimit(.minutes(1)))
struct LaunchFailureTests {
    private func failure(_ arguments: [Bytes], _ environment: Environment = Environment()) -> LaunchError? {
        let program = ChildProgram(
            executable: "/bin/true",
            arguments: arguments,
            environment: environment,
            workdir: "/"
        )
        var signals = inherited_signals()
        sigprocmask(SIG_SETMASK, nil, &signals.mask)
        do {
            let child = try SupervisedChild(
                program,
                settings: .plain,
                size: WindowSize(),
                signals: signals,
                leftovers: .everything,
                stopTimeoutMilliseconds: 0
            )
            close(child.master)
            waitpid(child.pid, nil, 0)
            return nil
        } catch {
            return error
        }
    }

    @Test("for an argument over the limit names the limit and shows nothing of the argument")
    func argumentTooLong() {
        #expect(failure([Bytes("true".utf8), Bytes(repeating: 0x78, count: 131_071)]) == nil)
        for count in [131_072, 200_000] {
            let error = failure([Bytes("true".utf8), Bytes(repeating: 0x78, count: count)])
            #expect(error?.status == .usage)
            #expect(error?.description.contains("131,071") == true)
            #expect(error?.description.contains("\(count)") == true)
            #expect(error?.description.contains("xx") == false)
        }
    }

    @Test("for a variable over the limit says that it is a variable")
    func environmentTooLong() {
        var environment = Environment()
        environment["SECRET"] = Bytes(repeating: 0x78, count: 131_072)
        let error = failure([Bytes("true".utf8)], environment)
        #expect(error?.status == .usage)
        #expect(error?.why.hasPrefix("variable too long: 131079 bytes") == true)
    }
}
