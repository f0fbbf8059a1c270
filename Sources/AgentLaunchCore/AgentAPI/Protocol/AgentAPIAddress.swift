/// Where this machine's agentapi is asked.
struct AgentAPIAddress: Equatable, Sendable {
    var port: Int
    /// The `Host` header: agentapi answers only to the names it allows, whatever their port.
    var host: String

    /// Our own name is `localhost`; if it is not allowed, the first that is.
    init(port: Int, environment: Environment) {
        self.port = port
        let allowed = (environment.given("AGENTAPI_ALLOWED_HOSTS") ?? []).lossyText
            .split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
        let name = allowed.contains { $0 == "*" || $0 == "localhost" } ? nil : allowed.first
        host = "\(name ?? "localhost"):\(port)"
    }
}
