/// Flags as agentapi's command line library takes them: anywhere before `--`, `--name value`, `--name=value`, short
/// ones in a row, a switch's value only with `=`.
struct FlagParser {
    struct Failure: Error {
        let message: String
    }

    let flags: [Flag]
    /// Flags that were given; a list that was given twice is one list.
    private(set) var values: [String: [String]] = [:]
    private(set) var operands: [String] = []

    init(_ flags: [Flag]) {
        self.flags = flags
    }

    mutating func parse(_ arguments: [String]) throws(Failure) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                operands += rest
                return
            }
            if argument.hasPrefix("--") {
                try parseLong(String(argument.dropFirst(2)), &rest)
            } else if argument.hasPrefix("-"), argument != "-" {
                try parseShort(argument, &rest)
            } else {
                operands.append(argument)
            }
        }
    }

    private mutating func parseLong(_ text: String, _ rest: inout ArraySlice<String>) throws(Failure) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init
        )
        guard let name = parts.first, !name.isEmpty, !name.hasPrefix("-") else {
            throw Failure(message: "bad flag syntax: --\(text)")
        }
        guard let flag = flags.first(where: { $0.name == name }) else {
            throw Failure(message: name == "help" ? "help" : "unknown flag: --\(name)")
        }
        if parts.count == 2 {
            try set(flag, parts[1])
        } else if flag.kind == .switch {
            try set(flag, "true")
        } else if let value = rest.popFirst() {
            try set(flag, value)
        } else {
            throw Failure(message: "flag needs an argument: --\(name)")
        }
    }

    private mutating func parseShort(_ argument: String, _ rest: inout ArraySlice<String>) throws(Failure) {
        var letters = argument.dropFirst()
        while let letter = letters.popFirst() {
            guard let flag = flags.first(where: { $0.short == letter }) else {
                if letter == "h" { throw Failure(message: "help") }
                throw Failure(message: "unknown shorthand flag: '\(letter)' in \(argument)")
            }
            if letters.first == "=" {
                try set(flag, String(letters.dropFirst()))
                return
            }
            if flag.kind == .switch {
                try set(flag, "true")
                continue
            }
            if !letters.isEmpty {
                try set(flag, String(letters))
            } else if let value = rest.popFirst() {
                try set(flag, value)
            } else {
                throw Failure(message: "flag needs an argument: '\(letter)' in \(argument)")
            }
            return
        }
    }

    private mutating func set(_ flag: Flag, _ value: String) throws(Failure) {
        let isGood =
            switch flag.kind {
            case .text, .list: true
            case .number: Int(value) != nil
            case .smallNumber: UInt16(value) != nil
            case .switch: Self.boolean(value) != nil
            }
        guard isGood else {
            let shown = flag.short.map { "-\($0), --\(flag.name)" } ?? "--\(flag.name)"
            throw Failure(message: "invalid argument \"\(value)\" for \"\(shown)\" flag: invalid syntax")
        }
        if flag.kind == .list {
            let items = value.isEmpty ? [] : value.split(separator: ",", omittingEmptySubsequences: false)
            values[flag.name, default: []] += items.map(String.init)
        } else {
            values[flag.name] = [value]
        }
    }

    static func boolean(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }
}
