/// Coder's MCP server, a child of the agent, reports to agentapi at the address in `CODER_MCP_AI_AGENTAPI_URL`. What
/// sets it up writes agentapi's default port.
extension AgentAPI {
    /// The variable as this start needs it; nil if it is right, or the user's own `--env`.
    func coderURL(isUsersOwn: Bool) throws(LaunchError) -> EnvironmentChange.Setting? {
        let port = try port()
        let inherited = environment.given(PinnedURL.variable)
        if isUsersOwn { return nil }
        if let known = inherited.flatMap({ PinnedURL.port(of: $0) }) {
            if known == port { return nil }
        } else if port == Self.defaultPort {
            return nil
        }
        return .init(name: PinnedURL.variable, value: Bytes("http://localhost:\(port)".utf8))
    }
}

extension Findings {
    /// What names another port than agentapi's, and wins over the variable.
    mutating func warn(pinned: [PinnedURL], port: Int) {
        for url in pinned where url.port != port {
            warn(
                "mcp-url-pinned",
                "\(url.file) has \(PinnedURL.variable) with port \(url.port), but agentapi is on \(port); "
                    + "correct it there, or progress reports get lost"
            )
        }
    }
}
