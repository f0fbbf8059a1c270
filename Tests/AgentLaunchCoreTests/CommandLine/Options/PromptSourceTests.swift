import Foundation
import Testing

@testable import AgentLaunchCore

@Suite("Where prompts come from", .timeLimit(.minutes(1)))
struct PromptSourceTests {
    private func read(
        _ origin: PromptSource.Origin,
        _ environment: Environment = Environment()
    ) throws -> PromptSource.Reading {
        try PromptSource(origin, "--here").read(environment: environment)
    }

    private func task(_ text: String) throws -> PromptSource.Reading { .task(try #require(TaskText(text))) }

    private func withFile<Result>(_ content: Bytes, _ body: (Path) throws -> Result) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try Data(content).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(Path(url.path))
    }

    @Test("Text, file, variable and base64 variable give the same task")
    func sameTask() throws {
        let text = "Fix \"it\"\n$(now) 🦢"
        let environment = Environment(["P": "  \(text)\n", "B": "ICBGaXggIml0Igo\nkKG5vdykg 8J+m ogo="])
        #expect(try read(.text(bytes(text))) == task(text))
        #expect(try read(.variable("P"), environment) == task(text))
        #expect(try read(.base64Variable("B"), environment) == task(text))
        let fromFile = try withFile(bytes(text + "\r\n")) { try read(.file($0)) }
        #expect(try fromFile == task(text))
    }

    @Test("A pipe is read to its end, in pieces")
    func pipeIsRead() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let writer = Thread { [ends] in
            for _ in 0..<3 { writeAll(Bytes(repeating: 0x78, count: 100_000), to: ends[1]) }
            close(ends[1])
        }
        writer.start()
        defer { close(ends[0]) }
        let reading = try PromptSource(.standardInput, "--prompt-file")
            .read(environment: Environment(), standardInput: ends[0])
        #expect(try reading == task(String(repeating: "x", count: 300_000)))
    }

    @Test("Standard input that is a terminal is wrong")
    func terminal() throws {
        var main: Int32 = -1
        var side: Int32 = -1
        try #require(openpty(&main, &side, nil, nil, nil) == 0)
        defer {
            close(side)
            close(main)
        }
        let error = try #require(throws: LaunchError.self) {
            try PromptSource(.standardInput, "--prompt-file").read(
                environment: Environment(),
                standardInput: side
            )
        }
        #expect(error.status == .usage)
        #expect(error.why == "standard input is a terminal")
    }

    @Test("A missing file or variable is a result, not an error: the caller decides whether it matters")
    func gone() throws {
        for origin in [
            PromptSource.Origin.file("/nonexistent/task.md"), .variable("GONE"), .base64Variable("GONE"),
            .file("/"),
        ] {
            guard case .unreadable(let error) = try read(origin) else {
                Issue.record("\(origin) was read")
                continue
            }
            #expect(error.status == .noInput)
        }
        guard case .unreadable(let error) = try read(.file("/nonexistent/task.md")) else { return }
        #expect(error.why.contains("/nonexistent/task.md"))
    }

    @Test("White space alone is no prompt, with a warning", arguments: ["", " \n\t", "\u{a0}\u{2003}"])
    func blank(_ text: String) throws {
        let environment = Environment(["P": text])
        guard case .empty(let warning) = try read(.variable("P"), environment) else {
            Issue.record("not empty")
            return
        }
        #expect(warning.code == "prompt-empty")
    }

    @Test("What is not UTF-8, holds a NUL or is not base64 is wrong, and is not shown")
    func wrongContent() throws {
        var environment = Environment(["B64": "c2VjcmV0!", "NUL": "YQBi", "LATIN": "4/8="])
        environment.set(bytes("RAW"), [0x73, 0xe4])
        for origin in [
            PromptSource.Origin.variable("RAW"), .base64Variable("B64"), .base64Variable("NUL"),
            .base64Variable("LATIN"),
        ] {
            let error = try #require(throws: LaunchError.self) { try read(origin, environment) }
            #expect(error.status == .usage)
            #expect(!error.description.contains("c2Vj"))
        }
        try withFile([0x61, 0, 0x62]) { path in
            let error = try #require(throws: LaunchError.self) { try read(.file(path)) }
            #expect(error.why.contains("offset 1"))
        }
    }

    @Test("1 MiB is the most, and a device without an end is not read for ever")
    func tooLong() throws {
        #expect(throws: LaunchError.self) { try read(.file("/dev/zero")) }
        let most = Bytes(repeating: 0x78, count: PromptSource.limit)
        guard case .task = try read(.text(most)) else {
            Issue.record("the limit itself is refused")
            return
        }
        let error = try #require(throws: LaunchError.self) { try read(.text(most + [0x78])) }
        #expect(error.why.contains("1 MiB"))
    }

    @Test("Standard input cannot be both prompts")
    func twice() throws {
        let error = try refusal(["claude", "--prompt-file=-", "--resume-prompt-file=-"])
        #expect(error.why.contains("standard input"))
        #expect(try request(["claude", "--prompt-file", "-"]).task?.origin == .standardInput)
        #expect(try request(["claude"], ["AGENTLAUNCH_PROMPT_FILE": "-"]).task?.origin == .standardInput)
    }
}

@Suite("Base64", .timeLimit(.minutes(1)))
struct Base64Tests {
    @Test(
        "The vectors of RFC 4648, section 10",
        arguments: [
            ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ]
    )
    func vectors(_ encoded: String, _ decoded: String) throws {
        #expect(try Base64.decode(bytes(encoded)) == bytes(decoded))
    }

    @Test("All bytes come back, whatever the length, with lines broken anywhere")
    func allBytes() throws {
        let all = Bytes(0...255)
        for count in 0...all.count {
            let part = Bytes(all.suffix(count))
            let encoded = Data(part).base64EncodedString(options: .lineLength64Characters)
            #expect(try Base64.decode(bytes(encoded)) == part)
        }
        #expect(try Base64.decode(bytes(" Z\tm\r\n8 =\n")) == bytes("fo"))
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "Z", "Zg", "Zg=", "Zm8", "Zg===", "=", "====", "Zm9v=", "Zm9v====", "Zg==Zg==", "Zh==", "Zm9=",
            "Z-9v",
            "Zm_v", "Zg=g", "Zm9v\u{0}",
        ]
    )
    func malformed(_ text: String) {
        #expect(throws: Base64.Malformed.self) { try Base64.decode(bytes(text)) }
    }
}
