/// Somebody who does not read the last output of a child that was told to end: for this long it is waited for.
struct StalledReader {
    private static let grace: Int64 = 1000
    private var due: Int64?
    private var taken = 0
    /// Nothing has been taken for too long.
    private(set) var isGivenUp = false

    /// When to look again; nil while all goes well, and once it is given up.
    var deadline: Int64? { isGivenUp ? nil : due }

    /// `taken` counts the bytes that were.
    mutating func look(isStuck: Bool, taken: Int, now: Int64) {
        if !isStuck {
            due = nil
        } else if due == nil || taken != self.taken {
            due = now + Self.grace
            self.taken = taken
        }
        isGivenUp = due.map { now >= $0 } ?? false
    }
}
