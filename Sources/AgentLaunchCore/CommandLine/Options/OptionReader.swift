/// Turns given options into typed values; every mistake names the option or variable that it was made in.
struct OptionReader: Sendable {
    let options: [OptionName: Arguments.Given]
    let environment: Environment
    /// For relative paths; absolute.
    let currentDirectory: Path

    func given(_ name: OptionName) -> Arguments.Given? { options[name] }

    /// The last value; nil if none was given.
    func bytes(_ name: OptionName) -> Bytes? { options[name]?.values.last }

    func toggle(_ name: OptionName) -> Bool? { bytes(name).map { $0 == Bytes("true".utf8) } }

    func text(_ name: OptionName) throws(LaunchError) -> String? {
        guard let bytes = bytes(name) else { return nil }
        guard let text = bytes.text else { throw wrong(name, "not valid UTF-8", "use UTF-8") }
        return text
    }

    func choice<Value: Choice>(_ name: OptionName, _: Value.Type = Value.self) throws(LaunchError) -> Value? {
        guard let bytes = bytes(name) else { return nil }
        if let value = bytes.text.flatMap(Value.init(rawValue:)) { return value }
        let next =
            nearest(to: bytes, among: Value.words).map { "did you mean \($0)?" }
            ?? "use \(joinedList(Value.words, "or"))"
        throw wrong(name, "invalid value \(shown(bytes))", next)
    }

    /// The range is the table's.
    func number(_ name: OptionName) throws(LaunchError) -> Int? {
        guard let bytes = bytes(name), case .number(_, let range) = name.spec.value else { return nil }
        guard let value = decimal(bytes), range.contains(value) else {
            let next = "must be a number from \(range.lowerBound) to \(range.upperBound)"
            throw wrong(name, "invalid value \(shown(bytes))", next)
        }
        return value
    }

    /// Milliseconds of a positive number of seconds such as `15` or `0.5`; at most about 30 years.
    func seconds(_ name: OptionName) throws(LaunchError) -> Int? {
        guard let bytes = bytes(name) else { return nil }
        let parts = bytes.split(
            separator: UInt8(ascii: "."),
            maxSplits: 1,
            omittingEmptySubsequences: false
        ).map(Bytes.init)
        let fraction = parts.count == 2 ? parts[1] : [UInt8(ascii: "0")]
        let padded = fraction + Bytes(repeating: UInt8(ascii: "0"), count: max(0, 3 - fraction.count))
        if !fraction.isEmpty, fraction.count <= 3, let whole = decimal(parts[0]), whole <= 1_000_000_000,
            let thousandths = decimal(padded), whole > 0 || thousandths > 0
        {
            return whole * 1000 + thousandths
        }
        throw wrong(
            name,
            "invalid value \(shown(bytes))",
            "must be a number of seconds above 0, such as 15 or 0.5"
        )
    }

    func version(_ name: OptionName) throws(LaunchError) -> Version? {
        guard let bytes = bytes(name) else { return nil }
        guard let version = bytes.text.flatMap(Version.init(in:)) else {
            throw wrong(name, "invalid value \(shown(bytes))", "must be a release number, such as 1.31.0")
        }
        return version
    }

    /// With the home directory put in, relative or not.
    func path(_ name: OptionName) throws(LaunchError) -> Path? {
        guard let bytes = bytes(name) else { return nil }
        return try expanded(bytes, name)
    }

    /// Absolute, because what it is passed to may run in another directory. Links are not resolved.
    func absolutePath(_ name: OptionName) throws(LaunchError) -> Path? {
        try path(name)?.absolute(in: currentDirectory)
    }

    /// A leading `~/` or `$HOME/`, or nothing but one of them, is the home directory: variables and quoted
    /// words reach us as no shell has seen them.
    func expanded(_ bytes: Bytes, _ name: OptionName) throws(LaunchError) -> Path {
        guard !bytes.contains(0) else { throw wrong(name, "the path contains a NUL byte", "remove it") }
        for sign in ["~", "$HOME"] {
            let sign = Bytes(sign.utf8)
            guard bytes == sign || bytes.starts(with: sign + [UInt8(ascii: "/")]) else { continue }
            guard let home = environment.given("HOME") else {
                throw wrong(name, "HOME is not set", "set HOME or use an absolute path")
            }
            let rest = bytes.dropFirst(sign.count).drop { $0 == UInt8(ascii: "/") }
            return rest.isEmpty ? Path(bytes: home) : Path(bytes: home) / Bytes(rest)
        }
        return Path(bytes: bytes)
    }

    /// Of options that exclude each other the one that was given.
    func one(of names: [OptionName], _ next: String) throws(LaunchError) -> OptionName? {
        let given = names.filter { options[$0] != nil }
        guard given.count > 1 else { return given.first }
        let spellings = given.compactMap { options[$0]?.spelling }
        throw LaunchError(.usage, joinedList(spellings), "cannot be used together", next)
    }

    func wrong(_ name: OptionName, _ why: String, _ next: String) -> LaunchError {
        LaunchError(.usage, options[name]?.spelling ?? name.flag, why, next)
    }
}

/// A number in decimal digits and nothing else; nil if it does not fit.
private func decimal(_ bytes: Bytes) -> Int? {
    guard !bytes.isEmpty, bytes.count <= 10, bytes.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    return bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) }
}
