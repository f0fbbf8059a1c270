/// A server on this machine.
struct LoopbackAddress: Equatable, Sendable {
    var port: Int
    /// The `Host` header.
    var host: String
}
