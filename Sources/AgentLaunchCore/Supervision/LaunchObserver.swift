/// Takes part in the poll loop of a launch: finds out the session's id, checks that a prompt arrived.
protocol LaunchObserver: AnyObject {
    /// Polled for reading.
    var descriptors: [Int32] { get }
    /// Monotonic milliseconds (`monotonicMilliseconds`) at which `wake` is wanted.
    var deadline: Int64? { get }
    /// The program runs: exec has happened.
    func started(pid: Int32)
    /// A descriptor is readable or the deadline has passed.
    func wake()
    /// The child has been reaped.
    func ended()
}
