import Foundation
import Testing

@testable import AgentLaunchCore

@Suite("agentlaunch's own lines", .timeLimit(.minutes(1)))
struct DiagnosticsTests {
    /// What the body writes, read from a pipe that is large enough for it.
    private func written(
        _ arguments: [String],
        _ environment: KeyValuePairs<String, String> = [:],
        _ body: (Diagnostics) -> Void
    ) throws -> String {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        var diagnostics = try Diagnostics(try parse(["agents"] + arguments, environment))
        diagnostics.descriptor = ends[1]
        body(diagnostics)
        close(ends[1])
        let data = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true).readDataToEndOfFile()
        return String(decoding: data, as: UTF8.self)
    }

    private func everything(_ diagnostics: Diagnostics) {
        diagnostics.report(LaunchError(.usage, "--x", "unknown option", "did you mean --y?"))
        diagnostics.warn(Warning("prompt-empty", "nothing is there"))
        diagnostics.notice("cold", [.init("verdict", "cold"), .init("id", nil)])
        diagnostics.detail("looked at /etc")
    }

    @Test("An error is one line: what, why, next step")
    func text() throws {
        #expect(
            try written([], [:], everything) == """
                agentlaunch: --x: unknown option; did you mean --y?
                agentlaunch: warning: nothing is there [prompt-empty]
                agentlaunch: cold

                """
        )
    }

    @Test("Quiet leaves the errors, verbose adds details; the one that was typed beats the other's variable")
    func levels() throws {
        func lines(_ arguments: [String], _ environment: KeyValuePairs<String, String> = [:]) throws -> Int {
            try written(arguments, environment, everything).split(separator: "\n").count
        }
        #expect(try lines([]) == 3)
        #expect(try lines(["--quiet"]) == 1)
        #expect(try lines(["--verbose"]) == 4)
        #expect(try lines(["--verbose"], ["AGENTLAUNCH_QUIET": "1"]) == 4)
        #expect(try lines(["--quiet"], ["AGENTLAUNCH_VERBOSE": "1"]) == 1)
        #expect(try lines(["--quiet", "--verbose"]) == 1)
    }

    @Test("JSON is one object a line with the same content")
    func json() throws {
        let output = try written(["--log-format=json", "--verbose"], [:], everything)
        let objects = try output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["level"] as? String } == ["error", "warning", "notice", "detail"])
        #expect(objects[0]["status"] as? Int == 64)
        #expect(objects[0]["what"] as? String == "--x")
        #expect(objects[0]["nextStep"] as? String == "did you mean --y?")
        #expect(objects[1]["code"] as? String == "prompt-empty")
        #expect(objects[2]["id"] is NSNull)
    }

    @Test("A path with a line break or an escape sequence stays one line, in both formats")
    func oneLineEach() throws {
        let error = LaunchError(.noInput, "/a\nb\u{1b}[2J\u{9b}\"\\", "gone", "look")
        let text = try written([], [:]) { $0.report(error) }
        #expect(text == "agentlaunch: /a\\nb\\u{1b}[2J\\u{9b}\"\\: gone; look\n")
        let json = try written(["--log-format", "json"], [:]) { $0.report(error) }
        #expect(json.split(separator: "\n").count == 1)
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect(object?["what"] as? String == "/a\nb\u{1b}[2J\u{9b}\"\\")
    }

    @Test("A stderr that is closed, or whose reader is gone, is ignored")
    func closed() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        // Without care this line would end the tests by SIGPIPE.
        #expect(!writeAll(bytes("x"), to: ends[1]))
        #expect(!writeAll(bytes("x"), to: ends[1]))
        close(ends[1])
        #expect(!writeAll(bytes("x"), to: -1))
    }

    @Test("A descriptor that does not block takes all of a long line")
    func nonBlocking() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        try #require(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
        let writer = Thread { [ends] in
            writeAll(Bytes(repeating: 0x78, count: 1_000_000), to: ends[1])
            close(ends[1])
        }
        writer.start()
        let data = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true).readDataToEndOfFile()
        #expect(data.count == 1_000_000)
    }

    @Test("The format of a parsing error is guessed from what was typed, else from the variable")
    func guessed() {
        func format(_ arguments: [String], _ environment: KeyValuePairs<String, String> = [:]) -> OutputFormat
        {
            Diagnostics(guessedFrom: arguments.map(bytes), Environment(environment)).format
        }
        #expect(format(["--bogus", "--log-format=json"]) == .json)
        #expect(format(["--log-format", "json", "--bogus"]) == .json)
        #expect(format(["--bogus"], ["AGENTLAUNCH_LOG_FORMAT": "json"]) == .json)
        #expect(format(["--bogus", "--log-format=text"], ["AGENTLAUNCH_LOG_FORMAT": "json"]) == .text)
        #expect(format(["claude", "--", "--log-format=json"]) == .text)
        #expect(format(["--log-format"]) == .text)
    }
}
