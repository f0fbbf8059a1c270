/// Commands that are planned and not built yet: each is refused by name, none is silently ignored.
/// Whoever builds one deletes its line here.
enum NotYet {
    /// Commands, and what to do instead.
    static let commands: [CommandName: String] = [
        .doctor: "use --dry-run, which shows everything that was looked at",
        .completions: "agentlaunch --help lists the options",
    ]

    static func check(_ command: CommandName) throws(LaunchError) {
        guard let instead = commands[command] else { return }
        throw LaunchError(
            .usage,
            command.rawValue,
            "not yet in agentlaunch \(ProductVersion.current)",
            instead
        )
    }
}
