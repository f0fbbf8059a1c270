import Testing

@testable import AgentLaunchCore

@Suite("What happens to the prompts of a start", .timeLimit(.minutes(1)))
struct PromptDeciderTests {
    private let store = StoreDouble()
    private let task = DecisionBench.task

    private func decide(
        _ session: Session,
        record: Record? = nil,
        task: TaskText? = DecisionBench.task,
        _ policy: NewPromptPolicy = .skip,
        resume: ResumeWhen? = nil,
        storesPromptWithAnswer: Bool = false
    ) -> (answer: String, warnings: [String]) {
        var findings = Findings()
        let prompt = PromptDecider(
            store: store,
            record: record,
            task: task,
            onNewPrompt: policy,
            hasResumePrompt: resume != nil,
            resumeWhen: resume ?? .always,
            storesPromptWithAnswer: storesPromptWithAnswer
        ).decide(.warm(session, .derived, "-"), &findings)
        let suffix = (prompt.isRefused ? " refused" : "") + (prompt.wantsFresh ? " fresh" : "")
        return (
            "\(prompt.action.rawValue) \(prompt.given?.rawValue ?? "-")\(suffix)",
            findings.warnings.map(\.code)
        )
    }

    @Test("A cold start gives the prompt, a warm one that had it does not, an unknown one gives none")
    func verdicts() {
        var findings = Findings()
        let decider = PromptDecider(
            store: store,
            record: nil,
            task: task,
            onNewPrompt: .send,
            hasResumePrompt: true,
            resumeWhen: .always
        )
        let cold = Decision(verdict: .cold, reason: "-", how: .derived, start: .cold(NewSession()))
        #expect(decider.decide(cold, &findings) == PromptDecision(action: .send))
        #expect(decider.decide(.unknown(.test("x"), .derived, "-"), &findings).action == .none)
        #expect(decide(session("a")).answer == "skip this")
        #expect(decide(session("a"), task: nil).answer == "none -")
    }

    @Test("A delivered prompt counts as given even if the first message is another")
    func recorded() {
        let record = DecisionBench.record("a", .delivered)
        #expect(decide(session("a", first: .isOther), record: record, .send).answer == "skip this")
    }

    @Test("The record of another session is ignored")
    func recordOfAnother() {
        for record in [DecisionBench.record("b", .delivered), DecisionBench.record(nil, .given)] {
            let (answer, warnings) = decide(session("a", first: .isOther, began: 1), record: record)
            #expect(answer == "skip other")
            #expect(warnings == ["prompt-not-sent"])
        }
    }

    @Test("A given prompt that the conversation does not show is unknown and not given, with a warning")
    func givenNotSeen() {
        let record = DecisionBench.record("a", .given)
        let (answer, warnings) = decide(session("a", first: .isOther, active: 11), record: record, .send)
        #expect(answer == "skip unknown")
        #expect(warnings == ["prompt-unknown"])
        store.texts["a"] = ["hello", "do the task"]
        #expect(
            decide(session("a", first: .isOther, active: 11), record: record, .send).answer == "skip this"
        )
    }

    @Test(
        "One that was given at the agent's start is given again if nothing has happened in the conversation since"
    )
    func givenNeverArrived() {
        var record = DecisionBench.record("a", .given)
        var session = session("a", first: .isOther)
        record.prompts[0].how = "file"
        record.prompts[0].at = Timestamp(milliseconds: 61_500)
        for (latest, expected) in [
            (60_999, "send other"), (61_000, "skip unknown"), (61_400, "skip unknown"),
            (62_000, "skip unknown"),
        ] {
            session.updatedAt = Timestamp(milliseconds: Int64(latest))
            #expect(decide(session, record: record, .send).answer == expected)
        }
        session.updatedAt = nil
        #expect(decide(session, record: record, .send).answer == "skip unknown")
        // What was typed may have been refused.
        record.prompts[0].how = "agentapi"
        session.updatedAt = Timestamp(milliseconds: 1000)
        #expect(decide(session, record: record, .send).answer == "skip unknown")
    }

    @Test("A new prompt is left out, refused, sent once or begins a new conversation")
    func policies() {
        let other = session("a", first: .isOther)
        #expect(decide(other, .skip).answer == "skip other")
        #expect(decide(other, .refuse).answer == "skip other refused")
        #expect(decide(other, .refuse).warnings == ["prompt-refused"])
        #expect(decide(other, .send).answer == "send other")
        #expect(decide(other, .fresh).answer == "send other fresh")
    }

    @Test(
        "Every message is searched before a prompt is sent, refused or starts a new conversation",
        arguments: [NewPromptPolicy.send, .refuse, .fresh]
    )
    func wholeConversation(_ policy: NewPromptPolicy) {
        store.texts["a"] = ["hello", "Here it is: do the task"]
        #expect(decide(session("a", first: .isOther), policy).answer == "skip this")
        store.texts["a"] = .some(nil)
        let (answer, warnings) = decide(session("a", first: .isOther), policy)
        #expect(answer == "skip unknown")
        #expect(warnings == ["prompt-unknown"])
    }

    @Test("If the first message is unreadable, all messages are searched, else the answer is unknown")
    func unreadableFirst() {
        store.texts["a"] = .some(nil)
        #expect(decide(session("a", first: .unknown)).answer == "skip unknown")
        store.texts["a"] = ["do the task"]
        #expect(decide(session("a", first: .unknown)).answer == "skip this")
    }

    @Test("A conversation without a user message was never given any")
    func never() {
        #expect(decide(session("a", first: .none)).answer == "skip never")
    }

    @Test("The resume prompt goes with every warm start, or with one whose last turn is unfinished")
    func resumePrompt() {
        #expect(decide(session("a"), resume: .always).answer == "resume-prompt this")
        #expect(decide(session("a"), task: nil, resume: .always).answer == "resume-prompt -")
        for (state, expected) in [(true, "resume-prompt this"), (false, "skip this"), (nil, "skip this")] {
            #expect(decide(session("a", interrupted: state), resume: .interrupted).answer == expected)
        }
        #expect(decide(session("a", first: .isOther), .send, resume: .always).answer == "send other")
    }

    // MARK: Agents that store a prompt with its answer

    @Test("A given prompt of which such an agent kept nothing is given again, with a warning")
    func repeated() {
        let other = session("a", first: .isOther, active: 11)
        let given = DecisionBench.record("a", .given)
        #expect(decide(other, record: given, .send).answer == "skip unknown")
        let again = decide(other, record: given, .send, storesPromptWithAnswer: true)
        #expect(again == ("send other", ["prompt-repeated"]))
        let skipped = decide(other, record: given, storesPromptWithAnswer: true)
        #expect(skipped == ("skip other", ["prompt-not-sent"]))
        store.texts = ["a": ["do the task"]]
        #expect(decide(other, record: given, .send, storesPromptWithAnswer: true).answer == "skip this")
        store.texts = ["a": nil]
        #expect(decide(other, record: given, .send, storesPromptWithAnswer: true).answer == "skip unknown")
    }

    @Test("So it is when cold, unless the record knows nothing of this prompt", arguments: [true, false])
    func repeatedWhenCold(_ isKnown: Bool) {
        var findings = Findings()
        let prompt = PromptDecider(
            store: store,
            record: isKnown ? DecisionBench.record(nil, .delivered) : DecisionBench.record(nil),
            task: task,
            onNewPrompt: .skip,
            hasResumePrompt: false,
            resumeWhen: .always,
            storesPromptWithAnswer: true
        ).decide(
            Decision(verdict: .cold, reason: "-", how: .derived, start: .cold(NewSession())),
            &findings
        )
        #expect(prompt.action == .send)
        #expect(findings.warnings.map(\.code) == (isKnown ? ["prompt-repeated"] : []))
    }
}
