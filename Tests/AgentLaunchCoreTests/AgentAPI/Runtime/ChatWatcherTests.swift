import Foundation
import Testing

@testable import AgentLaunchCore

/// An agentapi of a few lines: its status, its messages, and what is sent to it.
private final class Chat: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []
    private var status = "running"
    private var refusals = 0
    private var statusAnswers = 0

    /// How many times it is busy when something is sent.
    init(status: String = "running", messages: [String] = [], busy: Int = 0) {
        self.status = status
        lines = messages
        refusals = busy
    }

    func say(_ text: String) { lock.withLock { lines.append(text) } }
    func become(_ status: String) { lock.withLock { self.status = status } }
    var messages: [String] { lock.withLock { lines } }
    var statusCount: Int { lock.withLock { statusAnswers } }

    func answer(_ request: LoopbackServer.Request) -> Bytes? {
        lock.withLock {
            switch request.line {
            case "GET /status HTTP/1.1":
                statusAnswers += 1
                return httpAnswer(#"{"status":"\#(status)"}"#)
            case "GET /messages HTTP/1.1":
                let list = lines.map {
                    JSONValue.object([.init("role", "user"), .init("content", .string($0))])
                }
                return httpAnswer(JSONWriter.compact(["messages": .array(list)]).lossyText)
            default:
                if refusals > 0 {
                    refusals -= 1
                    return httpAnswer(
                        "message can only be sent when the agent is waiting for user input",
                        status: 500
                    )
                }
                guard let text = JSONValue(parsing: request.body)?["content"]?.text else { return nil }
                lines.append(text)
                return httpAnswer(#"{"ok":true}"#)
            }
        }
    }
}

@Suite("Talking to agentapi during a launch", .timeLimit(.minutes(1)))
struct ChatWatcherTests {
    private typealias Events = [ChatDelivery.Event]

    private final class Seen {
        var events: Events = []
        var ready = 0
        var sendings = 0
    }

    private func makeWatcher(
        _ port: Int,
        _ text: String?,
        _ seen: Seen = Seen(),
        way: ChatDelivery.Way = .atStart,
        awaitsReady: Bool = false
    ) -> ChatWatcher {
        ChatWatcher(
            LoopbackAddress(port),
            prompt: text.map { ChatWatcher.Prompt(text: Bytes($0.utf8), way: way) },
            onReady: awaitsReady ? { seen.ready += 1 } : nil,
            onSending: { seen.sendings += 1 },
            onEvent: { seen.events.append($0) }
        )
    }

    /// The poll loop of a launch, until nothing is awaited or it is enough.
    private func run(_ watcher: ChatWatcher, until isEnough: () -> Bool = { false }) {
        while !isEnough() {
            var interests = watcher.interests
            guard !interests.isEmpty || watcher.deadline != nil else { return }
            let wait = watcher.deadline.map { Int32(max(0, $0 - monotonicMilliseconds())) } ?? -1
            poll(&interests, nfds_t(interests.count), wait)
            watcher.wake()
        }
    }

    @Test("With nothing to await, nothing is asked")
    func nothingAwaited() throws {
        let watcher = makeWatcher(1, nil)
        watcher.started(pid: 1)
        #expect(watcher.deadline == nil)
        #expect(watcher.interests.isEmpty)
    }

    @Test("Ready is said once, after three answers, to whoever waits only for that; then all is quiet")
    func ready() throws {
        let chat = Chat()
        let server = try LoopbackServer(chat.answer)
        defer { server.stop() }
        let seen = Seen()
        let watcher = makeWatcher(server.port, nil, seen, awaitsReady: true)
        watcher.started(pid: 1)
        run(watcher)
        #expect(seen.ready == 1)
        #expect(server.requests.map(\.line) == Array(repeating: "GET /status HTTP/1.1", count: 3))
    }

    @Test("A server that is not up yet is asked until it is")
    func lateServer() throws {
        let (listener, port) = try boundSocket()
        defer { close(listener) }
        let seen = Seen()
        let watcher = makeWatcher(port, nil, seen, awaitsReady: true)
        watcher.started(pid: 1)
        var rounds = 0
        run(watcher) {
            rounds += 1
            return rounds == 5
        }
        #expect(seen.ready == 0)
        #expect(watcher.deadline != nil)
        listen(listener, 16)
        Thread.detachNewThread {
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                writeAll(httpAnswer(#"{"status":"stable"}"#), to: connection)
                shutdown(connection, Int32(SHUT_WR))
            }
        }
        run(watcher)
        shutdown(listener, Int32(SHUT_RDWR))
        #expect(seen.ready == 1)
        #expect(watcher.lastAnswer == .status(isStable: true))
    }

    @Test("A prompt given at the start is seen when it comes, is never sent, and then all is quiet")
    func atStart() throws {
        let chat = Chat()
        let server = try LoopbackServer(chat.answer)
        defer { server.stop() }
        let seen = Seen()
        let watcher = makeWatcher(server.port, "the task", seen)
        watcher.started(pid: 1)
        run(watcher) { chat.statusCount > 3 }
        #expect(seen.events.isEmpty)
        chat.say("the task")
        run(watcher)
        #expect(seen.events == [.arrived])
        #expect(!server.requests.contains { $0.line.hasPrefix("POST") })
    }

    @Test("A message is sent when the agent waits, once, though the chat has an equal one")
    func message() throws {
        let chat = Chat(messages: ["go on"], busy: 1)
        let server = try LoopbackServer(chat.answer)
        defer { server.stop() }
        let seen = Seen()
        let watcher = makeWatcher(server.port, "go on", seen, way: .message)
        watcher.started(pid: 1)
        run(watcher) { chat.statusCount > 4 }
        #expect(!server.requests.contains { $0.line.hasPrefix("POST") })
        chat.become("stable")
        run(watcher)
        #expect(seen.events == [.heldBack, .arrived])
        #expect(seen.sendings == 2)
        #expect(chat.messages == ["go on", "go on"])
    }

    @Test("A prompt that the agent's store shows first is not looked for any more")
    func seenInStore() throws {
        let chat = Chat()
        let server = try LoopbackServer(chat.answer)
        defer { server.stop() }
        let seen = Seen()
        let watcher = makeWatcher(server.port, "the task", seen)
        watcher.started(pid: 1)
        run(watcher) { chat.statusCount > 3 }
        watcher.promptArrived()
        run(watcher)
        #expect(watcher.deadline == nil)
        #expect(seen.events.isEmpty)
    }

    @Test("A stop ends an exchange that gets no answer, and begins no other", arguments: [true, false])
    func stop(_ isRequested: Bool) throws {
        let (listener, port) = try boundSocket()
        defer { close(listener) }
        listen(listener, 16)
        let watcher = makeWatcher(port, "the task", way: .message, awaitsReady: true)
        watcher.started(pid: 1)
        run(watcher) { !watcher.interests.isEmpty }
        isRequested ? watcher.stopping() : watcher.ended()
        #expect(watcher.interests.isEmpty)
        #expect(watcher.deadline == nil)
        watcher.wake()
        #expect(watcher.interests.isEmpty)
    }
}
