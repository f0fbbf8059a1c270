extension PromptSource {
    /// The one of these options that was given, or nil.
    init?(of names: [OptionName], _ read: OptionReader) throws(LaunchError) {
        guard let name = try read.one(of: names, "pass only one"), let given = read.given(name),
            let value = given.values.last
        else { return nil }
        spelling = given.spelling
        switch name {
        case .promptEnv: origin = .variable(try Self.variableName(value, spelling))
        case .promptBase64Env: origin = .base64Variable(try Self.variableName(value, spelling))
        case .promptFile, .resumePromptFile:
            let isInput = value == [UInt8(ascii: "-")]
            origin = isInput ? .standardInput : .file(try read.expanded(value, name))
        default:
            origin = .text(value)
            // Known to be wrong without reading anything, so the earliest moment says so.
            _ = try checked(value)
        }
    }

    private static func variableName(_ value: Bytes, _ spelling: String) throws(LaunchError) -> String {
        guard let name = value.text, !value.contains(UInt8(ascii: "=")) else {
            throw LaunchError(
                .usage,
                spelling,
                "invalid variable name \(shown(value))",
                "use the name of the variable that holds the prompt"
            )
        }
        return name
    }
}
