/// What is done with the prompt of one start: the text, and the route by which it travels.
struct StartPrompt: Equatable, Sendable {
    var action: PromptDecision.Action
    /// Nil where nothing is sent.
    var route: PromptRoute?
    /// What is sent, or with `skip` the prompt that is left out.
    var text: Bytes?
    var given: PromptDecision.Given?
    var isRefused = false

    var willBeSent: Bool { action == .send || action == .resumePrompt }
}
