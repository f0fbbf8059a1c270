/// Commands that are planned and not built yet: each is refused by name, none is silently ignored.
/// Whoever builds one deletes its line here.
enum NotYet {
    /// Commands, and what to do instead.
    static let commands: [CommandName: String] = [
        .doctor: "use --dry-run, which shows everything that it checks",
        .completions: "see agentlaunch --help",
    ]

    static func check(_ command: CommandName) throws(LaunchError) {
        guard let instead = commands[command] else { return }
        throw LaunchError(
            .usage,
            command.rawValue,
            "not available in agentlaunch \(ProductVersion.current)",
            instead
        )
    }
}
