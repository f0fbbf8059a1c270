/// Where a start keeps the settings that it makes for its agent: in the conversation's own directory.
struct OwnSettingsFile {
    private let settings: OwnSettings
    private let path: Path

    init(_ settings: OwnSettings, conversation: Path) {
        self.settings = settings
        path = conversation / "agent-settings.json"
    }

    var change: EnvironmentChange {
        .init(set: [.init(name: settings.variable, value: path.bytes)])
    }

    func write() throws(LaunchError) {
        do throws(Errno) {
            try makeDirectories(path.parent, mode: 0o700)
            try replaceFile(path, settings.content)
        } catch {
            throw LaunchError(
                .cannotCreate,
                "\(path)",
                "cannot write the settings that keep the agent from deleting conversations: \(error)",
                "make it writable, or set another XDG_STATE_HOME"
            )
        }
    }
}
