extension LoopbackAddress {
    /// Where this machine's agentapi listens. It answers only to the names that it allows, whatever their port: our own is
    /// `localhost`, and if that is not allowed the first one that is.
    init(port: Int, environment: Environment) {
        let allowed = (environment.given("AGENTAPI_ALLOWED_HOSTS") ?? []).lossyText
            .split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
        let name = allowed.contains { $0 == "*" || $0 == "localhost" } ? nil : allowed.first
        self.init(port: port, host: "\(name ?? "localhost"):\(port)")
    }
}
