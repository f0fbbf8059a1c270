/// What an agent's terminal shows when it waits for input, so that a prompt can be typed into it. Beside this it has
/// to be raw, and quiet for a while.
struct InputReadiness: Equatable, Sendable {
    /// What it draws where it waits; one of them, since it last switched bracketed paste on.
    var marks: [String]
    /// It has switched bracketed paste on.
    var announcesPaste = false
    /// Its cursor is shown there, and hidden in its dialogs.
    var showsCursor = false

    /// For agents whose screens nobody could look at: the signs that agentapi goes by, which pastes in brackets to all
    /// of them whether they were announced or not.
    static let boxed = InputReadiness(marks: ["> ", "❯", "→", "│", String(repeating: "─", count: 15)])
}
