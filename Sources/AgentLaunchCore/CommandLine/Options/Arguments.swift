/// What was typed, split into words, options and what follows `--`; nothing is looked up but the options' names.
struct Arguments: Sendable {
    /// An option's values as they came: several only for a repeatable one.
    struct Given: Equatable, Sendable {
        enum Origin: Equatable, Sendable {
            case option
            /// The variable's name.
            case variable(String)
        }

        /// Empty only for a repeatable option whose default was cleared.
        var values: [Bytes]
        var origin: Origin
        /// As it was typed: of two opposite switches the one that counted last.
        var spelling: String
    }

    private(set) var words: [Bytes] = []
    private(set) var options: [OptionName: Given] = [:]
    /// What follows `--`; nil if there is no `--`.
    private(set) var passed: [Bytes]?
    private(set) var warnings: [Warning] = []

    /// Scanning ends at `--help` and `--version`: what follows them does not matter.
    init(_ arguments: [Bytes]) throws(LaunchError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == Bytes("--".utf8) {
                passed = Array(rest)
                return
            } else if argument.starts(with: Bytes("--".utf8)) {
                try long(argument.dropFirst(2), &rest)
            } else if argument.count > 1, argument[0] == UInt8(ascii: "-") {
                try short(argument, &rest)
            } else {
                words.append(argument)
            }
            if isOn(.help) || isOn(.version) { return }
        }
    }

    func isOn(_ name: OptionName) -> Bool { options[name]?.values == [Bytes("true".utf8)] }

    private mutating func long(_ text: ArraySlice<UInt8>, _ rest: inout ArraySlice<Bytes>) throws(LaunchError)
    {
        let equals = text.firstIndex(of: UInt8(ascii: "="))
        let name = Bytes(text[..<(equals ?? text.endIndex)])
        guard let spec = name.text.flatMap(OptionName.init(rawValue:))?.spec else { throw unknown(name) }
        if let equals {
            try take(spec, Bytes(text[(equals + 1)...]), spec.name.flag)
        } else {
            try takeNext(spec, &rest, spec.name.flag)
        }
    }

    private mutating func short(_ argument: Bytes, _ rest: inout ArraySlice<Bytes>) throws(LaunchError) {
        var letters = argument.dropFirst()
        while let letter = letters.popFirst() {
            guard let spec = OptionTable.option(short: letter) else { throw unknownShort(argument) }
            let flag = "-" + String(UnicodeScalar(letter))
            if spec.takesValue, !letters.isEmpty { return try take(spec, Bytes(letters), flag) }
            try takeNext(spec, &rest, flag)
        }
    }

    private mutating func takeNext(
        _ spec: OptionSpec,
        _ rest: inout ArraySlice<Bytes>,
        _ flag: String
    ) throws(LaunchError) {
        guard spec.takesValue else { return try take(spec, Bytes("true".utf8), flag) }
        guard let value = rest.popFirst() else {
            throw LaunchError(
                .usage,
                flag,
                "missing value",
                "use \(flag) \(spec.metavar ?? "VALUE")"
            )
        }
        try take(spec, value, flag)
    }

    /// The last of a repeated option wins; an empty value is the same as none.
    private mutating func take(_ spec: OptionSpec, _ value: Bytes, _ flag: String) throws(LaunchError) {
        if value.isEmpty,
            OptionName.prompts.contains(spec.name) || OptionName.resumePrompts.contains(spec.name)
        {
            warnings.append(Warning("prompt-empty", "\(flag) is empty and ignored"))
        }
        if spec.repeats {
            var values = options[spec.key]?.values ?? []
            if !value.isEmpty { values.append(value) }
            // An empty wrapper is an answer too: none, whatever the default is.
            guard !values.isEmpty || spec.name == .wrapper else { return }
            options[spec.key] = Given(values: values, origin: .option, spelling: flag)
        } else if value.isEmpty {
            options[spec.key] = nil
        } else {
            let kept = try Switch.normalised(value, of: spec, spelling: flag)
            options[spec.key] = Given(values: [kept], origin: .option, spelling: flag)
        }
    }

    private func unknown(_ name: Bytes) -> LaunchError {
        // Never the value: it may be a prompt.
        LaunchError(
            .usage,
            "--" + shown(name),
            "unknown option",
            nearest(to: name, among: OptionTable.options.map(\.name.rawValue)).map { "did you mean --\($0)?" }
                ?? "see agentlaunch --help; options for the agent go after --"
        )
    }

    private func unknownShort(_ argument: Bytes) -> LaunchError {
        let bare = Bytes(argument.dropFirst().prefix { $0 != UInt8(ascii: "=") })
        return LaunchError(
            .usage,
            "-" + shown(bare),
            "unknown option",
            nearest(to: bare, among: OptionTable.options.map(\.name.rawValue)).map { "did you mean --\($0)?" }
                ?? "see agentlaunch --help; options for the agent go after --"
        )
    }
}

/// The words that switches take.
enum Switch {
    static func value(_ bytes: Bytes) -> Bool? {
        switch bytes.text {
        case "true", "1", "yes": true
        case "false", "0", "no": false
        default: nil
        }
    }

    /// A switch's value as `true` or `false` of its key; other options' values are left alone.
    static func normalised(
        _ value: Bytes,
        of spec: OptionSpec,
        spelling: String
    ) throws(LaunchError) -> Bytes {
        guard !spec.takesValue else { return value }
        guard let on = Self.value(value) else {
            throw LaunchError(
                .usage,
                spelling,
                "invalid value \(shown(value))",
                "use true, false, yes, no, 1 or 0"
            )
        }
        return Bytes((on == (spec.key == spec.name) ? "true" : "false").utf8)
    }
}
