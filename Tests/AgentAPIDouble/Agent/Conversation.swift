/// The messages, the agent's readiness and the prompt: what agentapi works out every 25 ms from the screen.
final class Conversation {
    struct Settings {
        let release: Release
        let type: String
        let knobs: Knobs
        let state: StateFile?
        let loads: Bool
        let saves: Bool
    }

    /// A message on its way to the agent; `answer` gets nil or what went wrong.
    struct Outgoing {
        let text: String
        let isInitialPrompt: Bool
        let answer: (String?) -> Void
    }

    enum Status: String {
        case initializing
        case changing
        case stable
    }

    private enum Loading {
        case pending
        case succeeded
        case failed
    }

    let settings: Settings
    let agent: AgentProcess
    let journal: Journal
    private let box: InputBox
    private(set) var messages: [Message]
    /// Warnings for those who listen to the events, now and later.
    private(set) var warnings: [(message: String, time: String)] = []
    private var prompt: String
    private var promptIsSent = false
    private var isReady = false
    private var isDirty = false
    private var loading = Loading.pending
    private var userSentAfterLoading = false
    private var queue: [Outgoing] = []
    private var delivery: Delivery?
    private var oldLines: Set<String> = [""]

    private(set) var lines: [String] = []
    private var seenChanges = -1
    private var unchangedSince = monotonicSeconds()
    private var formatted: (changes: Int, user: Int, text: String)?

    init(_ settings: Settings, agent: AgentProcess, prompt: String, journal: Journal) {
        self.settings = settings
        self.agent = agent
        self.journal = journal
        self.prompt = trimmedPrompt(prompt)
        box = InputBox(type: settings.type, knowsDashes: settings.release.statusKnowsBox)
        messages = [Message(id: 0, message: "", role: .agent, time: timestamp())]
    }

    // MARK: The screen

    /// Once every 25 ms.
    func tick(_ now: Double) {
        look(now)
        updateAgentMessage()
        if !isReady, !settings.knobs.neverReady, box.isReady(lines) {
            isReady = true
            journal.note("ready")
        }
        if isReady, loading == .pending, settings.loads { load() }
        enqueuePrompt(now)
        deliver(now)
    }

    private func look(_ now: Double) {
        guard agent.changes != seenChanges else { return }
        seenChanges = agent.changes
        let seen = agent.lines()
        if seen != lines {
            lines = seen
            unchangedSince = now
        }
    }

    private func isStable(_ now: Double) -> Bool { now - unchangedSince >= settings.knobs.stableSeconds }

    private func updateAgentMessage() {
        if delivery != nil { return }
        let user = messages.lastIndex { $0.role == .user }
        if formatted?.changes != seenChanges || formatted?.user != user ?? -1 {
            let text = AgentText(box: box)
                .of(lines, before: oldLines, userInput: user.map { messages[$0].message } ?? "")
            formatted = (seenChanges, user ?? -1, text)
        }
        var text = formatted?.text ?? ""
        // After a load the screen is not recorded until a user message went through agentapi.
        if loading == .succeeded, !userSentAfterLoading, let last = messages.last, last.role == .agent {
            text = last.message
        }
        if messages.last(where: { $0.role == .agent })?.message ?? "" == text { return }
        let isNew = messages.last?.role != .agent
        let message = Message(
            id: isNew ? messages.count : messages.count - 1,
            message: text,
            role: .agent,
            time: timestamp()
        )
        if isNew { messages.append(message) } else { messages[messages.count - 1] = message }
        isDirty = true
    }

    func status(_ now: Double) -> Status {
        if messages.last?.role == .user { return .changing }
        if !isStable(now) { return .changing }
        let release = settings.release
        if release.statusKnowsBox, !isReady { return .changing }
        if release.hasState { return queue.isEmpty && delivery == nil ? .stable : .changing }
        if release.promptWaitsForBox, !prompt.isEmpty, !promptIsSent, !isReady { return .changing }
        return .stable
    }

    // MARK: Sending

    private func enqueuePrompt(_ now: Double) {
        guard !prompt.isEmpty, !promptIsSent, queue.isEmpty, delivery == nil else { return }
        guard isReady || !settings.release.promptWaitsForBox && isStable(now) else { return }
        // Marked as sent here, long before it is.
        promptIsSent = true
        isDirty = true
        journal.note("prompt-enqueued")
        queue.append(Outgoing(text: prompt, isInitialPrompt: true) { _ in })
    }

    /// A user message; from 0.12.0 it waits for the input box, forever if need be.
    func send(_ content: String, _ now: Double, answer: @escaping (String?) -> Void) {
        let text = trimmedPrompt(content)
        if text.isEmpty { return answer("message must not be empty") }
        guard status(now) == .stable else {
            return answer("message can only be sent when the agent is waiting for user input")
        }
        journal.note("message-queued")
        queue.append(Outgoing(text: text, isInitialPrompt: false, answer: answer))
    }

    private func deliver(_ now: Double) {
        if delivery == nil, !queue.isEmpty, isStable(now), isReady || !settings.release.hasState {
            let outgoing = queue.removeFirst()
            updateAgentMessage()
            delivery = Delivery(outgoing, self, now)
        }
        guard let delivery, let result = delivery.step(lines, now) else { return }
        self.delivery = nil
        let outgoing = delivery.outgoing
        switch result {
        case .delivered:
            oldLines = Set(delivery.linesBefore)
            let text = outgoing.text
            messages.append(Message(id: messages.count, message: text, role: .user, time: delivery.time))
            userSentAfterLoading = true
            journal.note(outgoing.isInitialPrompt ? "prompt-delivered" : "message-delivered")
            outgoing.answer(nil)
        case .failed(let reason):
            // Of a failed prompt nobody learns anything.
            let event = outgoing.isInitialPrompt ? "prompt-failed" : "message-failed"
            journal.note(event, [("reason", .text(reason))])
            outgoing.answer("failed to send message: \(reason)")
        }
    }

    // MARK: State

    private func load() {
        guard let state = settings.state else { return }
        loading = .failed
        do throws(StateFile.Failure) {
            guard let content = try state.load() else {
                Log.info("No previous state to load (file does not exist)", [("path", state.path)])
                return
            }
            loading = .succeeded
            promptIsSent = content.initial_prompt_sent ?? false
            let saved = content.initial_prompt ?? ""
            if prompt.isEmpty {
                prompt = saved
            } else if prompt != saved {
                promptIsSent = false
            }
            messages = content.messages ?? []
            isDirty = false
            Log.info(
                "Successfully loaded state",
                [("path", state.path), ("messages", String(messages.count))]
            )
            journal.note("state-loaded", [("messages", .number(messages.count))])
        } catch {
            Log.error("Failed to load state", [("error", error.message)])
            warnings.append(("Failed to restore previous session: \(error.message)", timestamp()))
            journal.note("state-load-failed", [("reason", .text(error.message))])
        }
    }

    /// At a stop and on USR1; whatever was loaded or not.
    func save(_ source: String) {
        guard settings.release.hasState else { return }
        guard settings.saves, let state = settings.state else {
            Log.info("State persistence is disabled")
            return
        }
        guard isDirty else {
            Log.info("Skipping state save: no changes since last save")
            return
        }
        do throws(StateFile.Failure) {
            try state.save(messages: messages, prompt: prompt, promptSent: promptIsSent)
            isDirty = false
            Log.info("State saved successfully", [("path", state.path)])
            journal.note(
                "state-saved",
                [("source", .text(source)), ("messages", .number(messages.count))]
            )
        } catch {
            Log.error("Failed to save conversation state", [("source", source), ("error", error.message)])
        }
    }
}
