/// What one line or document turned out to be.
struct JSONRecord: Equatable, Sendable {
    enum Outcome: Equatable, Sendable {
        /// Valid JSON, reduced to the fields that were asked for.
        case value(JSONValue)
        case torn
        case malformed
        /// White space or NULs only.
        case blank
    }

    var outcome: Outcome
    /// NULs stand before or after the value, as a crash of the machine leaves them, or a byte order mark before it.
    var padded = false
    /// How many brackets were open at once: parsers differ in what they take.
    var depth = 0
    /// Where it begins in the file.
    var offset = 0
    /// A line feed follows: the writer finished this line.
    var terminated = false

    var value: JSONValue? { if case .value(let value) = outcome { value } else { nil } }

    /// What a strict parser says; a blank line passes, one of NULs does not.
    var isStrictlyValid: Bool {
        switch outcome {
        case .value, .blank: !padded
        case .torn, .malformed: false
        }
    }
}
