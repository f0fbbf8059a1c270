/// Somebody who does not read the last output of an agent that was told to end: for this long it is waited for.
struct StalledReader {
    private static let grace: Int64 = 1000
    private var since: Int64?
    private var taken = 0

    /// When to look again; nil while all goes well.
    var deadline: Int64? { since.map { $0 + Self.grace } }

    /// Whether nothing has been taken for too long; `taken` counts the bytes that were.
    mutating func isTooLong(isStuck: Bool, taken: Int, now: Int64) -> Bool {
        guard isStuck else {
            since = nil
            return false
        }
        guard let since, self.taken == taken else {
            since = now
            self.taken = taken
            return false
        }
        return now >= since + Self.grace
    }
}
