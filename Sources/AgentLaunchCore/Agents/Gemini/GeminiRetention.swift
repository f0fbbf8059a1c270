/// Gemini's session retention, on since 0.33: at every start but a resume of that very session it deletes files that it
/// takes for broken, and with them every file of the same first eight characters of an id; and what is 30 days old.
struct GeminiRetention {
    private static let line = #""general": {"sessionRetention": {"enabled": false}}"#

    private let query: StoreQuery
    private let folders: GeminiDirectories
    private let machine: Path

    /// - Parameter machine: the settings of the whole machine, which win over all others
    init(_ query: StoreQuery, machine: Path = GeminiDirectories.machineSettings) {
        self.query = query
        self.machine = machine
        folders = GeminiDirectories(query)
    }

    private var named: Path? { folders.namedSettings }

    /// Whether the settings that there are switch it off.
    var isOff: Bool {
        if let value = Self.isOn(named ?? machine) { return !value }
        // Those of a directory count only where it is trusted.
        if Self.isOn(query.workdir / ".gemini/settings.json") == true { return false }
        return Self.isOn(folders.settings) == false
    }

    func safeguard(isAttended: Bool) -> Safeguard {
        if isOff { return .notNeeded }
        // A file that cannot be looked at may be there.
        let isFree = named == nil && (try? StoreEntry.at(machine)) == .absent
        if !isAttended, isFree {
            return .settings(
                OwnSettings(
                    variable: GeminiDirectories.settingsVariable,
                    content: Bytes("{\(Self.line)}\n".utf8),
                    purpose: "set to a settings file of agentlaunch that turns session retention off, "
                        + "so that no conversation is deleted"
                )
            )
        }
        return .missing(
            Warning(
                "retention-on",
                "Gemini's session retention may delete other conversations of this directory, unless "
                    + "\(folders.settings) has: \(Self.line)"
            )
        )
    }

    /// Nil if the file says nothing about it.
    private static func isOn(_ path: Path) -> Bool? {
        guard let record = try? JSONRecord.of(file: path, ["general.sessionRetention.enabled"]) else {
            return nil
        }
        return record.value?["general"]?["sessionRetention"]?["enabled"]?.flag
    }
}
