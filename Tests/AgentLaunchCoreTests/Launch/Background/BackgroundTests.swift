import Testing

@testable import AgentLaunchCore

@Suite("A start in the background", .timeLimit(.minutes(1)))
struct BackgroundTests {
    @Test("What it reports arrives as it was, one line each")
    func events() throws {
        let log = Path(bytes: Bytes("/tmp/a\nb ".utf8) + [0xff])
        let events: [Background.Event] = [
            .started(StartedInBackground(agent: "goose", pid: 7, port: 3284, log: log)),
            .started(StartedInBackground(agent: "custom", pid: 7, port: nil, log: "/l")),
            .ready, .late("answered 500"),
        ]
        for event in events {
            let line = event.line
            #expect(line.filter { $0 == 0x0a }.count == 1 && line.last == 0x0a)
            #expect(Background.Event(line: Bytes(line.dropLast())) == event)
        }
        #expect(Background.Event(line: Bytes("nonsense".utf8)) == nil)
    }

    @Test("Its line names the pid, the address and the log")
    func line() {
        let start = StartedInBackground(agent: "goose", pid: 7, port: 3284, log: "/l")
        #expect(start.text == "goose: running in the background, pid 7, http://localhost:3284, log /l")
    }
}
