import Glibc

/// A system call's error number.
struct Errno: Error, Equatable, Sendable, CustomStringConvertible {
    let code: Int32

    static var last: Errno { Errno(code: errno) }

    var description: String { String(cString: strerror(code)) }
}

/// Calls again while a signal interrupts the call; a result of -1 becomes the error.
func retrying<Result: FixedWidthInteger & SignedInteger>(
    _ call: () -> Result
) throws(Errno) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        if errno != EINTR { throw Errno.last }
    }
}
