import Testing

@testable import AgentLaunchCore

@Suite("Comparing prompts", .timeLimit(.minutes(1)))
struct TaskTextTests {
    private let task = DecisionBench.task

    @Test(
        "White space at the ends is part neither of it nor of its hash",
        arguments: ["do the task", " \n\tdo the task\r\n", "\u{a0}do the task\u{2003}"]
    )
    func trimmed(_ text: String) {
        #expect(TaskText(text) == task)
        #expect(TaskText(text)?.sha256 == SHA256.hex(Bytes("do the task".utf8)))
    }

    @Test("White space alone is no prompt", arguments: ["", " ", "\r\n\t\u{a0}"])
    func empty(_ text: String) { #expect(TaskText(text) == nil) }

    @Test(
        "A message matches if it equals the prompt or ends with it after a line break or \": \"",
        arguments: [
            "do the task", " do the task\n", "Report your work.\ndo the task",
            "Report.\r\n\r\ndo the task\r\n",
            "Your task: do the task",
        ]
    )
    func given(_ message: String) { #expect(task.matches(message: message)) }

    @Test(
        "A message that contains it elsewhere does not match",
        arguments: [
            "please do the task", "redo the task", "do the task\nand more", "Do the task", "do  the task", "",
            "Your task:do the task", "task",
        ]
    )
    func notGiven(_ message: String) { #expect(!task.matches(message: message)) }

    @Test("Line ends of any kind are the same, accents in another normal form are not")
    func forms() throws {
        let lines = try #require(TaskText("a\r\nb\rc\nd"))
        #expect(lines.matches(message: "a\nb\nc\r\nd"))
        #expect(!(try #require(TaskText("caf\u{e9}"))).matches(message: "cafe\u{301}"))
        // A combining mark at the seam must not hide it.
        #expect(try #require(TaskText("\u{301}x")).matches(message: "e: \u{301}x"))
    }
}

@Suite("Quoting for copy and paste", .timeLimit(.minutes(1)))
struct ShellQuotingTests {
    @Test(
        "A shell reads back what was quoted",
        arguments: [
            "plain", "", "two words", "it's", "$(id)", "`id`", "a\nb", "tab\there", "back\\slash",
            "nul\u{1}bell\u{7}",
            "~/x", "*", "é😀", "-n", "'\n'", "\u{1}9", "a'\\\n", "!history", "#comment", "x=1",
        ]
    )
    func roundTrip(_ word: String) throws {
        let scratch = try ScratchDirectory()
        let script = try scratch.write("script", "printf '%s' \(ShellQuoting.quote(word))")
        let printed = output(
            of: "/bin/bash",
            [script.bytes],
            environment: Environment(["PATH": "/usr/bin:/bin"]),
            milliseconds: 5000
        )
        #expect(printed == word)
    }
}
