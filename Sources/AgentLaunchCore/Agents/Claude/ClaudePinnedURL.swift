/// The MCP servers that Claude Code starts in a directory: the user's, the directory's own, and those of its
/// `.mcp.json`.
enum ClaudePinnedURL {
    static func find(_ query: StoreQuery) -> [PinnedURL] {
        let servers = "mcpServers.*.env.\(PinnedURL.variable)"
        let settings = ClaudeDirectories(query).settings
        var result: [PinnedURL] = []
        if let value = try? JSONRecord.of(
            file: settings,
            [servers, "projects.*." + servers]
        )?.value {
            result += ports(value).map { PinnedURL(file: settings, port: $0) }
            // An entry belongs to a directory or to the repository around it.
            for folder in query.workdir.ancestors {
                guard let project = value["projects"]?[folder.description] else { continue }
                result += ports(project).map { PinnedURL(file: settings, port: $0) }
            }
        }
        let shared = query.workdir / ".mcp.json"
        if let value = try? JSONRecord.of(file: shared, [servers])?.value {
            result += ports(value).map { PinnedURL(file: shared, port: $0) }
        }
        return result
    }

    private static func ports(_ value: JSONValue) -> [Int] {
        (value["mcpServers"]?.members ?? []).compactMap { server in
            server.value["env"]?[PinnedURL.variable]?.text.flatMap { PinnedURL.port(of: Bytes($0.utf8)) }
        }
    }
}
