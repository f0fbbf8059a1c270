/// One message being given to the agent: `x`, backspace, a bracketed paste; its echo; Enter, again every 3 s until the
/// screen changes.
final class Delivery {
    enum Result {
        case delivered
        case failed(String)
    }

    private enum Stage {
        case writing
        case echo(checkAt: Double, interval: Double, until: Double)
        case settling(lines: [String], at: Double, interval: Double, until: Double)
        case entering(linesBefore: [String], lastEnter: Double, until: Double)
    }

    let outgoing: Conversation.Outgoing
    let linesBefore: [String]
    let time = timestamp()
    private unowned let conversation: Conversation
    private var stage = Stage.writing

    private var knobs: Knobs { conversation.settings.knobs }

    init(_ outgoing: Conversation.Outgoing, _ conversation: Conversation, _ now: Double) {
        self.outgoing = outgoing
        self.conversation = conversation
        linesBefore = conversation.lines
        conversation.agent.type(RawText.bytes("x\u{08}\u{1B}[200~\(outgoing.text)\u{1B}[201~"))
    }

    /// nil: goes on.
    func step(_ lines: [String], _ now: Double) -> Result? {
        switch stage {
        case .writing:
            guard !conversation.agent.hasUnwrittenInput else { return nil }
            let limit = knobs.seconds(conversation.settings.release.statusKnowsBox ? 2 : 15)
            stage = .echo(checkAt: now + knobs.seconds(0.05), interval: 0.05, until: now + limit)
        case .echo(let checkAt, let interval, let until):
            if now >= until { return echoTimedOut(lines, now) }
            guard now >= checkAt else { return nil }
            if lines != linesBefore {
                stage = .settling(lines: lines, at: now + knobs.seconds(1), interval: interval, until: until)
            } else {
                stage = echo(after: interval, until: until, now)
            }
        case .settling(let before, let at, let interval, let until):
            guard now >= at else { return nil }
            if lines == before {
                enter(lines, now)
            } else {
                stage = echo(after: interval, until: until, now)
            }
        case .entering(let before, let lastEnter, let until):
            if lines != before { return .delivered }
            if now >= until {
                return .failed("failed to wait for processing to start: timeout waiting for condition")
            }
            if now - lastEnter >= knobs.seconds(3) {
                conversation.agent.type([0x0D])
                stage = .entering(linesBefore: before, lastEnter: now, until: until)
            }
        }
        return nil
    }

    private func echo(after interval: Double, until: Double, _ now: Double) -> Stage {
        let next = min(interval * 2, 0.5)
        return .echo(checkAt: now + knobs.seconds(next), interval: next, until: until)
    }

    /// An error up to 0.12.1; after it, Enter comes all the same.
    private func echoTimedOut(_ lines: [String], _ now: Double) -> Result? {
        guard conversation.settings.release.statusKnowsBox else {
            return .failed("failed to wait for screen to stabilize: timeout waiting for condition")
        }
        Log.info("echo detection timed out, sending carriage return", [("timeout", "2s")])
        enter(lines, now)
        return nil
    }

    private func enter(_ lines: [String], _ now: Double) {
        conversation.agent.type([0x0D])
        stage = .entering(linesBefore: lines, lastEnter: now, until: now + knobs.seconds(15))
    }
}
