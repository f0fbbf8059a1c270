/// Why a part of a store could not be read with certainty.
struct StoreFailure: Error, Equatable, Sendable {
    enum Kind: Sendable {
        case unreadable, damaged
        /// Another process held it all the time that we tried.
        case busy
    }

    var path: Path
    var kind: Kind
    /// One clause, as in "the header's checksum is wrong".
    var why: String
    /// What the user can do.
    var nextStep: String
}
