import Glibc

/// Why a part of a store could not be read reliably.
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

extension StoreFailure {
    init(_ path: Path, _ error: Errno) {
        self.init(
            path: path,
            kind: error.code == EBUSY ? .busy : .unreadable,
            why: "it cannot be read (\(error))",
            nextStep: "make it readable for this user, or pass --fresh"
        )
    }

    static func damaged(
        _ path: Path,
        _ why: String,
        nextStep: String = "restore it from a backup, or pass --fresh"
    ) -> StoreFailure {
        StoreFailure(path: path, kind: .damaged, why: why, nextStep: nextStep)
    }

    static func leadsNowhere(_ link: Path) -> StoreFailure {
        StoreFailure(
            path: link,
            kind: .unreadable,
            why: "it is a broken symbolic link",
            nextStep: "mount what it points to, or remove the link"
        )
    }
}

/// What is read from a file: a call that fails is a failure of that file.
func reading<Value>(
    _ path: Path,
    _ value: @autoclosure () throws(Errno) -> Value
) throws(StoreFailure) -> Value {
    do throws(Errno) { return try value() } catch { throw StoreFailure(path, error) }
}
