import Testing

@testable import AgentLaunchCore

@Suite("The marks of an agent that waits for input", .timeLimit(.minutes(1)))
struct InputSignsTests {
    private func areThere(_ wanted: InputReadiness, _ text: String, pieces size: Int = 1000) -> Bool {
        var signs = InputMarkers(wanted)
        let bytes = Bytes(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { signs.observe($0) }
        }
        return signs.areThere
    }

    @Test("are found however the output is cut", arguments: [1, 2, 3, 7, 1000])
    func foundInPieces(size: Int) {
        let text = "\u{1b}[?25lloading\n\u{1b}[?2004h┃ Ask\r\n╹▀▀▀▀▀\r\n"
        #expect(areThere(InputReadiness(marks: ["╹▀▀▀"], announcesPaste: true), text, pieces: size))
        #expect(!areThere(InputReadiness(marks: ["╹▀▀▀"], showsCursor: true), text, pieces: size))
        #expect(!areThere(InputReadiness(marks: ["╹▄"]), text, pieces: size))
    }

    @Test("count from the last time that pasting was switched on")
    func marksOfAnotherQuestion() {
        let aider = Agent.aider.inputReadiness ?? .boxed
        #expect(!areThere(aider, "> a note\n"))
        #expect(areThere(aider, "> a note\n\u{1b}[?2004h\u{1b}[0;38;5;40m>  \u{1b}[0m"))
        #expect(!areThere(aider, "\u{1b}[?2004h> \u{1b}[?2004l\r\nthinking"))
        #expect(!areThere(aider, "\u{1b}[?2004h> \u{1b}[?2004l\r\n\u{1b}[?2004hAdd it? (Y)es/(N)o [Yes]: "))
    }

    @Test("are absent in Copilot's dialogs, which hide the cursor")
    func copilotsDialog() {
        let copilot = Agent.copilot.inputReadiness ?? .boxed
        let begin = "\u{1b}[?1049h\u{1b}[?2004h\u{1b}[?25l"
        #expect(!areThere(copilot, begin + "Confirm folder trust\r\n❯ 1. Yes"))
        #expect(areThere(copilot, begin + "❯ \u{1b}[?25h"))
        #expect(!areThere(copilot, "❯ "))
    }
}

@Suite("Typing a prompt", .timeLimit(.minutes(1)))
struct PromptTypingTests {
    private var typing = PromptTyping(InputReadiness(marks: ["> "]), now: 0)

    private mutating func output(_ text: String, at now: Int64) {
        Bytes(text.utf8).withUnsafeBytes { typing.sawOutput($0, now: now) }
    }

    private mutating func keys(_ text: String) {
        Bytes(text.utf8).withUnsafeBytes { typing.sawKeys($0) }
    }

    private mutating func step(_ now: Int64, raw: Bool = true, written: Bool = true) -> PromptTyping.Step {
        typing.next(now: now, isRaw: { raw }, isWritten: written)
    }

    @Test("waits until the agent has been ready and quiet for two seconds")
    mutating func waits() {
        #expect(step(50_000) == .none)
        output("> ", at: 50_000)
        #expect(step(50_000) == .none)
        #expect(typing.deadline(now: 50_000) == 52_000)
        output("a tip", at: 51_500)
        #expect(step(52_000) == .none)
        #expect(typing.deadline(now: 52_000) == 53_500)
        #expect(step(53_499) == .none)
        #expect(step(53_500) == .paste)
    }

    @Test("polls for a raw terminal before typing")
    mutating func waitsForRaw() {
        output("> ", at: 0)
        #expect(step(10_000, raw: false) == .none)
        #expect(typing.deadline(now: 10_000) == 10_100)
        #expect(step(10_100) == .none)
        #expect(step(12_099) == .none)
        #expect(step(12_100) == .paste)
    }

    @Test("types after a while even if the agent is never quiet")
    mutating func restless() {
        output("> ", at: 0)
        for now in stride(from: Int64(0), to: PromptTyping.restless, by: 500) {
            output("*", at: now)
            #expect(step(now) == .none)
        }
        output("*", at: PromptTyping.restless)
        #expect(step(PromptTyping.restless) == .paste)
    }

    @Test("sends Enter by itself, when all is written and the echo is over; nothing comes after it")
    mutating func enter() {
        output("> ", at: 0)
        _ = step(0)
        #expect(step(2000) == .paste)
        #expect(typing.holdsKeys)
        #expect(step(9000, written: false) == .none)
        #expect(step(10_000) == .none)
        output("the prompt", at: 10_300)
        #expect(step(10_500) == .none)
        #expect(typing.deadline(now: 10_500) == 10_800)
        #expect(step(10_800) == .enter)
        #expect(!typing.holdsKeys)
        output("> ", at: 20_000)
        #expect(step(999_999) == .none)
        #expect(typing.deadline(now: 999_999) == nil)
    }

    @Test("an endless echo does not hold Enter back for ever")
    mutating func endlessEcho() {
        output("> ", at: 0)
        _ = step(0)
        #expect(step(2000) == .paste)
        _ = step(2000)
        for now in stride(from: Int64(2000), to: 2000 + PromptTyping.longestEcho, by: 100) {
            output("*", at: now)
            #expect(step(now) == .none)
        }
        #expect(step(2000 + PromptTyping.longestEcho) == .enter)
    }

    @Test("gives up once, and types nothing afterwards")
    mutating func givesUp() {
        #expect(typing.deadline(now: 5) == PromptTyping.patience)
        #expect(step(PromptTyping.patience - 1) == .none)
        #expect(step(PromptTyping.patience) == .giveUp)
        output("> ", at: PromptTyping.patience)
        #expect(step(PromptTyping.patience + 60_000) == .none)
    }

    @Test("does not type after a person's unfinished input until that is sent or deleted")
    mutating func personsKeys() {
        output("> ", at: 0)
        keys("half")
        #expect(step(60_000) == .none)
        keys("\u{1b}[A")
        #expect(step(61_000) == .none)
        keys(" a question\r")
        #expect(step(62_000) == .none)
        #expect(step(64_000) == .paste)
    }

    @Test("does not type after a person's paste, however many lines and pieces it has")
    mutating func personsPaste() {
        output("> ", at: 0)
        keys("\u{1b}[200~one\rtwo\r")
        #expect(step(60_000) == .none)
        keys("three\r\u{1b}[201~")
        #expect(step(61_000) == .none)
        #expect(!typing.personHasSent)
        keys("\r")
        #expect(typing.personHasSent)
        #expect(step(62_000) == .none)
        #expect(step(64_000) == .paste)
    }

    @Test("Enter alone, or after deleting everything, sends nothing")
    mutating func nothingSent() {
        keys("\r")
        keys("half\u{15}\r")
        #expect(!typing.personHasSent)
        keys("y\r")
        #expect(typing.personHasSent)
    }

    @Test("the terminal's replies are not taken for keys")
    mutating func answers() {
        output("> ", at: 0)
        _ = step(0)
        keys("\u{1b}[1;1R")
        #expect(step(2000) == .paste)
    }

    @Test("is cancelled as long as nothing was typed")
    mutating func cancelled() {
        output("> ", at: 0)
        _ = step(0)
        var begun = typing
        #expect(begun.next(now: 2000, isRaw: { true }, isWritten: true) == .paste)
        begun.cancel()
        #expect(begun.holdsKeys)
        typing.cancel()
        #expect(step(2000) == .none)
    }
}
