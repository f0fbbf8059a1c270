/// The variables that stand for options.
enum Variables {
    static let prefix = Environment.ownPrefix

    /// The options of `command` that the environment gives and the command line does not.
    static func given(
        for command: CommandName,
        typed: [OptionName: Arguments.Given],
        _ environment: Environment
    ) throws(LaunchError) -> [OptionName: Arguments.Given] {
        var result: [OptionName: Arguments.Given] = [:]
        for spec in OptionTable.options(of: command) where spec.key == spec.name && typed[spec.key] == nil {
            guard let variable = spec.variable, let value = environment.given(variable),
                !isSilenced(spec.name, by: typed)
            else { continue }
            let values = try values(value, of: spec, variable)
            guard !values.isEmpty else { continue }
            result[spec.key] = Arguments.Given(
                values: values,
                origin: .variable(variable),
                spelling: variable
            )
        }
        return result
    }

    /// A warning for each name that no option has.
    static func unknown(in environment: Environment) -> [Warning] {
        let known = OptionTable.options.compactMap(\.variable)
        return environment.entries.filter { Environment.isOwn($0.name) && !known.contains($0.name.lossyText) }
            .map { entry in
                let name = entry.name.lossyText
                let meant =
                    pairVariable(name)
                    ?? nearest(to: Bytes(entry.name.dropFirst(prefix.utf8.count)), among: suffixes(known))
                    .map { prefix + $0 }
                let hint = meant.map { "did you mean \($0)?" } ?? "see agentlaunch --help"
                return Warning("unknown-variable", "\(name): unknown variable; \(hint)")
            }
    }

    /// One prompt on the command line silences all prompts of the environment.
    private static func isSilenced(_ name: OptionName, by typed: [OptionName: Arguments.Given]) -> Bool {
        for group in [OptionName.prompts, OptionName.resumePrompts] where group.contains(name) {
            return group.contains { typed[$0] != nil }
        }
        return false
    }

    private static func values(
        _ value: Bytes,
        of spec: OptionSpec,
        _ variable: String
    ) throws(LaunchError) -> [Bytes] {
        if spec.repeats { return value.split(separator: UInt8(ascii: "\n")).map(Bytes.init) }
        if case .pair(_, let on, let off) = spec.environment {
            if value == Bytes(on.utf8) { return [Bytes("true".utf8)] }
            if value == Bytes(off.utf8) { return [Bytes("false".utf8)] }
            if Switch.value(Bytes(on.utf8)) == nil {
                throw LaunchError(
                    .usage,
                    variable,
                    "invalid value \(shown(value))",
                    "use \(on) or \(off)"
                )
            }
        }
        return [try Switch.normalised(value, of: spec, spelling: variable)]
    }

    /// `AGENTLAUNCH_DIRECT` and the like, which would exist if the pair had not one variable.
    private static func pairVariable(_ name: String) -> String? {
        OptionTable.options.first { spec in
            guard case .pair = spec.environment else { return false }
            return prefix + spec.name.rawValue.uppercased() == name
        }?.variable
    }

    private static func suffixes(_ names: [String]) -> [String] {
        names.map { String($0.dropFirst(prefix.count)) }
    }
}
