/// What a start changes in the environment that its child inherits.
struct EnvironmentChange: Equatable, Sendable {
    struct Setting: Equatable, Sendable {
        var name: String
        var value: Bytes
        /// The user's own: shown by its length only.
        var isPrivate = false
    }

    var set: [Setting] = []
    var unset: [String] = []

    /// Another change on top of this one, which wins.
    mutating func add(_ other: EnvironmentChange) {
        let names = other.set.map(\.name) + other.unset
        set.removeAll { names.contains($0.name) }
        unset.removeAll { names.contains($0) }
        set += other.set
        unset += other.unset
    }

    /// What `--env` sets is in the environment already, under a name that need not be text.
    func applied(to environment: Environment) -> Environment {
        var result = environment
        for name in unset { result[name] = nil }
        for setting in set where !setting.isPrivate || environment[setting.name] != nil {
            result[setting.name] = setting.value
        }
        return result
    }
}
