/// How far agentapi has come, as its answers to `/status` show.
struct Readiness: Equatable, Sendable {
    /// So many good answers in a row are asked for: the first ones can come from a server that is about to fail.
    static let inARow = 3
    /// Between two questions.
    static let pause: Int64 = 100

    private var row = 0
    private(set) var isReady = false

    /// True at the answer that makes it ready.
    mutating func took(_ answer: ChatAnswer) -> Bool {
        guard case .status = answer else {
            row = 0
            return false
        }
        row += 1
        guard row == Self.inARow, !isReady else { return false }
        isReady = true
        return true
    }
}
