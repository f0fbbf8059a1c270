import Foundation

/// The life of one `agentapi server` from its handlers on: one thread, one poll, 25 ms.
final class Server {
    private enum Phase {
        case running
        /// No new requests; open ones are answered.
        case draining(until: Double)
        /// SIGINT was sent to the agent.
        case ending(until: Double)
    }

    private let release: Release
    private let knobs: Knobs
    private let agent: AgentProcess
    private let conversation: Conversation
    private let http: HTTPServer
    private let journal: Journal
    private let uploads: String
    private var phase = Phase.running
    private var nextTick = 0.0
    private var code: Int32?

    init(
        _ conversation: Conversation,
        http: HTTPServer,
        uploads: String,
        knobs: Knobs
    ) {
        self.conversation = conversation
        self.http = http
        self.uploads = uploads
        self.knobs = knobs
        agent = conversation.agent
        journal = conversation.journal
        release = conversation.settings.release
    }

    /// Runs until agentapi would end; its exit code.
    func run(port: Int) -> Int32 {
        Log.info("Starting server on port", [("port", String(port))])
        if knobs.slowStart > 0 { loop(until: monotonicSeconds() + knobs.slowStart) }
        if let code { return code }
        if case .running = phase {
            do throws(HTTPServer.NotBound) {
                try http.bind(port: port)
            } catch {
                // Nothing is saved or removed, and the agent is only hung up.
                writeAll(2, Array("failed to start server:\n  - \(error.message)\n".utf8))
                return 1
            }
            journal.note("listening", [("port", .number(http.port))])
        }
        loop(until: .infinity)
        return code ?? 1
    }

    private func loop(until end: Double) {
        while code == nil, monotonicSeconds() < end {
            wait()
            let now = monotonicSeconds()
            takeSignals(now)
            agent.read()
            agent.flush()
            http.acceptAll(now)
            http.serve(now)
            if now >= nextTick {
                conversation.tick(now)
                nextTick = now + min(0.025, max(knobs.stableSeconds / 4, 0.001))
            }
            advance(now)
        }
    }

    private func wait() {
        var descriptors = [pollfd(fd: Signals.descriptor, events: Int16(POLLIN), revents: 0)]
        if agent.master != -1, agent.interests != 0 {
            descriptors.append(pollfd(fd: agent.master, events: agent.interests, revents: 0))
        }
        if http.listener != -1 {
            descriptors.append(pollfd(fd: http.listener, events: Int16(POLLIN), revents: 0))
        }
        for connection in http.connections where connection.interests != 0 {
            descriptors.append(pollfd(fd: connection.descriptor, events: connection.interests, revents: 0))
        }
        let milliseconds = max(1, min(25, (nextTick - monotonicSeconds()) * 1000))
        poll(&descriptors, nfds_t(descriptors.count), Int32(milliseconds.rounded(.up)))
    }

    private func takeSignals(_ now: Double) {
        while let signal = Signals.next() {
            journal.note(
                "signal",
                [("signal", .text(Signals.name(signal.number))), ("from", .number(Int(signal.sender)))]
            )
            if signal.number == SIGUSR1 {
                guard case .running = phase else { continue }
                Log.info("Received SIGUSR1, saving state without exiting")
                conversation.save("SIGUSR1")
            } else if !knobs.ignoresTerm {
                stop(by: signal.number, now)
            }
        }
    }

    private func stop(by signal: Int32, _ now: Double) {
        guard release.hasState else {
            // Older ones hang on to the port until the agent has ended.
            if case .running = phase { interruptAgent(now) }
            return
        }
        Log.info("Received shutdown signal", [("signal", Signals.words(signal))])
        if case .running = phase { beginStop(now) }
    }

    private func beginStop(_ now: Double) {
        if knobs.chatter > 0 { chatter() }
        conversation.save("shutdown")
        removeUploads()
        http.beginStop(now)
        phase = .draining(until: now + knobs.seconds(5))
    }

    private func chatter() {
        let line = [UInt8](repeating: 0x2E, count: 199) + [0x0A]
        for _ in 0...knobs.chatter / line.count { writeAll(1, line) }
        journal.note("chatter-written", [("bytes", .number(knobs.chatter))])
    }

    private func removeUploads() {
        do {
            try FileManager.default.removeItem(atPath: uploads)
            Log.info("Cleaned up temporary directory", [("tempDir", uploads)])
        } catch {
            Log.error("Failed to clean up temporary directory", [("tempDir", uploads)])
        }
    }

    private func interruptAgent(_ now: Double) {
        Log.info("Closing process")
        journal.note("sigint-sent")
        if kill(agent.pid, SIGINT) != 0 { Log.error("Failed to close process cleanly") }
        phase = .ending(until: now + knobs.seconds(5))
    }

    private func advance(_ now: Double) {
        let hasEnded = agent.hasEnded()
        switch phase {
        case .running:
            guard hasEnded else { return }
            noteAgentEnd()
            beginStop(now)
        case .draining(let until):
            guard http.hasStopped(now) || now >= until else { return }
            if !http.hasStopped(now) {
                Log.error("Failed to stop HTTP server", [("error", "context deadline exceeded")])
            }
            if hasEnded { return end(agent.endedWell ? 0 : 1) }
            interruptAgent(now)
        case .ending(let until):
            if hasEnded {
                noteAgentEnd()
                code = release.hasState ? 0 : 1
            } else if now >= until {
                journal.note("sigkill-sent")
                kill(agent.pid, SIGKILL)
                code = release.hasState ? 0 : 1
            }
            if code != nil { agent.closeTerminal() }
        }
    }

    private func noteAgentEnd() {
        journal.note("agent-ended", [("status", .number(Int(agent.status ?? -1)))])
    }

    /// The agent ended by itself; its own code is not passed on.
    private func end(_ result: Int32) {
        code = result
        guard result != 0 else { return }
        let screen = trimmedPrompt(agent.lines().joined(separator: "\n"))
        let text = "agent exited with error:\n  - ========\n\(screen)\n========\n:\n  - non-zero exit code\n"
        writeAll(2, Array(text.utf8))
    }
}
