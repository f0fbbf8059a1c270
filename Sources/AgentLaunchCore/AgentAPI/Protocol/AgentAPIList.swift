/// Lists that agentapi reads from variables: words between white space. It checks them only when the agent runs
/// already, and then ends.
enum AgentAPIList {
    static func checkHosts(_ value: Bytes, _ name: String) throws(LaunchError) {
        for word in try words(value, name) {
            if word.contains("http://") || word.contains("https://") {
                throw refused(name, "a host must not have http:// or https://", "remove it")
            }
            var host = word.prefix { !"/?#".contains($0) }
            if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
            let isBroken = host.contains { "%\\^`{|}".contains($0) }
            if host.first == "[", let end = host.firstIndex(of: "]") {
                host = host[host.index(after: end)...]
            } else if isBroken || host.contains("[") || host.isEmpty {
                throw refused(name, "it contains an invalid host", "correct it")
            }
            if host.contains(":") {
                throw refused(name, "a host must not have a port", "remove it; put IPv6 addresses in [ ]")
            }
        }
    }

    static func checkOrigins(_ value: Bytes, _ name: String) throws(LaunchError) {
        for word in try words(value, name) {
            // `localhost:3000` has a scheme for agentapi, `127.0.0.1:3000` has none and is an error.
            let scheme = word.prefix { $0 != ":" && $0 != "/" }
            let rest = word[scheme.endIndex...]
            guard rest.first == ":" else { continue }
            let isScheme =
                scheme.first.map { $0.isASCII && $0.isLetter } == true
                && scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
            if !isScheme { throw refused(name, "it contains an invalid origin", "use http://HOST:PORT") }
            guard rest.hasPrefix("://") else { continue }
            let host = rest.dropFirst(3).prefix { !"/?#".contains($0) }
            let afterAddress = host.lastIndex(of: "]").map { host[host.index(after: $0)...] } ?? host
            let port = afterAddress.lastIndex(of: ":").map { afterAddress[$0...].dropFirst() } ?? ""
            if !port.allSatisfy({ $0.isASCII && $0.isNumber }) {
                throw refused(name, "it contains an origin with an invalid port", "use http://HOST:PORT")
            }
        }
    }

    /// Nothing if `*` is among them: it stands for all, and the others are not looked at.
    private static func words(_ value: Bytes, _ name: String) throws(LaunchError) -> [Substring] {
        let words = value.lossyText.split(whereSeparator: \.isWhitespace)
        if words.isEmpty { throw refused(name, "it contains only white space", "unset it") }
        if words.contains("*") { return [] }
        if words.contains(where: { $0.contains(",") }) {
            throw refused(name, "a comma makes agentapi fail once the agent is running", "use spaces")
        }
        return words
    }

    private static func refused(_ name: String, _ why: String, _ nextStep: String) -> LaunchError {
        LaunchError(.usage, name, why, nextStep)
    }
}
