/// What Codex's `config.toml` says about first-run questions.
///
/// No TOML parser: table headers and `key = value` lines are found, quoted keys and comments understood. A value
/// over several lines, an inline table, and a profile chosen on the command line are not: then a warning may come
/// that was not needed.
struct CodexSettings: Equatable {
    /// Directories with a `trust_level`, whatever it is: the question was answered.
    private(set) var trusted: Set<String> = []
    /// A provider other than the built-in one, or credentials that are not kept in `auth.json`.
    private(set) var needsNoSignIn = false

    init(_ text: String) {
        var table: [String] = []
        var provider: String?
        var askingProviders: Set<String> = []
        for line in text.split(whereSeparator: \.isNewline) {
            var rest = line.trimmed
            if rest.first == "[" {
                rest = rest.drop { $0 == "[" }
                table = Self.key(&rest)
                continue
            }
            let path = table + Self.key(&rest)
            rest = rest.trimmed
            guard rest.first == "=" else { continue }
            let value = Self.value(rest.dropFirst().trimmed)
            switch (path.first, path.count, path.last) {
            case ("projects", 3, "trust_level"): trusted.insert(path[1])
            case ("model_provider", 1, _): provider = value
            case ("profiles", 3, "model_provider"): provider = provider ?? value
            case ("model_providers", 3, "requires_openai_auth") where value == "true":
                askingProviders.insert(path[1])
            case ("cli_auth_credentials_store", 1, _) where value != "file": needsNoSignIn = true
            default: break
            }
        }
        if let provider, provider != "openai", !askingProviders.contains(provider) { needsNoSignIn = true }
    }

    /// A dotted key, `projects."/a.b".trust_level`; takes it from the text.
    private static func key(_ text: inout Substring) -> [String] {
        var parts: [String] = []
        while true {
            text = text.trimmed
            guard let first = text.first else { return parts }
            if first == "\"" || first == "'" {
                parts.append(quoted(&text))
            } else {
                let bare = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
                guard !bare.isEmpty else { return parts }
                parts.append(String(bare))
                text = text.dropFirst(bare.count)
            }
            text = text.trimmed
            guard text.first == "." else { return parts }
            text = text.dropFirst()
        }
    }

    private static func value(_ text: Substring) -> String {
        var text = text
        if text.first == "\"" || text.first == "'" { return quoted(&text) }
        return String(text.prefix { $0 != "#" }.trimmed)
    }

    private static func quoted(_ text: inout Substring) -> String {
        let mark = text.removeFirst()
        var result = ""
        while let next = text.popFirst(), next != mark {
            result.append(next == "\\" && mark == "\"" ? text.popFirst() ?? next : next)
        }
        return result
    }
}
