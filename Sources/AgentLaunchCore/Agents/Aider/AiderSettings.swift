/// What Aider is told besides its command line: `.env` and `.aider.conf.yml` of the home directory, of the repository
/// and of the directory, each stronger than the one before. Measured with 0.86.2: `.env` wins even over the
/// environment, and that over `.aider.conf.yml`.
struct AiderSettings {
    private let environment: Environment
    private let folders: [Path]

    init(_ query: StoreQuery) {
        environment = query.environment
        let repository = AiderHistory.repository(around: query.workdir)
        folders = [query.workdir] + [repository].compactMap(\.self) + [query.home]
    }

    /// The value of a flag, written without its dashes; nil if nothing or an empty value is given.
    func value(of flag: String) -> Bytes? { find(flag)?.value }

    /// A file whose `message` Aider would send at every start, and end.
    var prompt: (flag: String, file: Path)? {
        for flag in ["message", "message-file"] {
            if let file = find(flag)?.file { return (flag, file) }
        }
        return nil
    }

    private func find(_ flag: String) -> (value: Bytes, file: Path?)? {
        let variable = "AIDER_" + flag.uppercased().split(separator: "-").joined(separator: "_")
        for folder in folders {
            let file = folder / ".env"
            if let value = Self.last(file, { Self.assignment($0, variable) }) {
                return value.isEmpty ? nil : (value, file)
            }
        }
        if let value = environment.given(variable) { return (value, nil) }
        for folder in folders {
            let file = folder / ".aider.conf.yml"
            if let value = Self.last(file, { Self.entry($0, flag) }) {
                return value.isEmpty ? nil : (value, file)
            }
        }
        return nil
    }

    private static func last(_ file: Path, _ value: (String) -> String?) -> Bytes? {
        guard let text = (try? contentsOfSmallFile(file))?.flatMap(\.text) else { return nil }
        return text.split(whereSeparator: \.isNewline).compactMap { value(String($0)) }.last.map {
            Bytes($0.utf8)
        }
    }

    /// `NAME=value` or `export NAME=value`.
    private static func assignment(_ line: String, _ name: String) -> String? {
        var rest = line.trimmed
        if rest.hasPrefix("export ") { rest = rest.dropFirst(7).trimmed }
        guard rest.hasPrefix(name) else { return nil }
        rest = rest.dropFirst(name.count).trimmed
        return rest.first == "=" ? scalar(rest.dropFirst()) : nil
    }

    /// `flag: value` at the beginning of a line of YAML; the flag may be quoted, and have its dashes.
    private static func entry(_ line: String, _ flag: String) -> String? {
        for key in [flag, "--" + flag].flatMap({ [$0, "\"\($0)\"", "'\($0)'"] }) where line.hasPrefix(key) {
            let rest = line.dropFirst(key.count).trimmed
            guard rest.first == ":", let second = rest.dropFirst().first, second == " " || second == "\t"
            else { continue }
            return scalar(rest.dropFirst())
        }
        return nil
    }

    /// In quotes, or plain up to a comment.
    private static func scalar(_ text: Substring) -> String {
        let text = text.trimmed
        if let quote = text.first, quote == "\"" || quote == "'" {
            return String(text.dropFirst().prefix { $0 != quote })
        }
        var plain = ""
        for character in text {
            if character == "#", plain.isEmpty || plain.last == " " || plain.last == "\t" { break }
            plain.append(character)
        }
        let value = String(plain.trimmed)
        return value == "null" || value == "~" ? "" : value
    }
}
