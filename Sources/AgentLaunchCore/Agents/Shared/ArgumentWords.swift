/// What the user put behind `--` for a program that parses its command line as clap does: each word is a flag, or
/// the value of the flag before it. Any other word would be taken for the prompt.
struct ArgumentWords {
    /// Flags that take the next word.
    let valued: Set<String>
    /// Short flags that are refused, also in a cluster such as `-ar`.
    let refusedShort: Set<Character>

    func check(_ words: [Bytes], _ agent: String) throws(LaunchError) {
        var isValue = false
        for word in words {
            let text = word.lossyText
            if isValue {
                isValue = false
            } else if text.hasPrefix("--") {
                isValue = valued.contains(text)
            } else if text.hasPrefix("-"), text.count > 1 {
                isValue = try cluster(text.dropFirst())
            } else {
                throw LaunchError(
                    .usage,
                    "-- \(shown(word))",
                    "\(agent) would take this word for its prompt",
                    "write an option and its value as --name=value, or use --prompt"
                )
            }
        }
    }

    /// Whether the last flag takes the next word; one in front of others takes the rest of its own.
    private func cluster(_ flags: Substring) throws(LaunchError) -> Bool {
        for (index, flag) in flags.enumerated() {
            if refusedShort.contains(flag) {
                throw .ownedArgument("-\(flag)")
            }
            if valued.contains("-\(flag)") { return index == flags.count - 1 }
        }
        return false
    }
}

extension LaunchError {
    /// A word behind `--` that chooses what is chosen for each start anew.
    static func ownedArgument(_ word: String) -> LaunchError {
        LaunchError(
            .usage,
            "-- \(word)",
            "agentlaunch chooses the session and the prompt itself",
            "use --resume, --fresh or --prompt instead"
        )
    }
}

/// A first word that is no flag, and belongs to none: most agents take it for the prompt, and would have it again at
/// every start.
func refuseFirstWord(_ extra: [Bytes], _ why: String) throws(LaunchError) {
    guard let first = extra.first, first.first != UInt8(ascii: "-") else { return }
    throw LaunchError(.usage, "-- \(shown(first))", why, "remove it, or use --prompt")
}

/// Several short flags in one word may hide one that chooses a session.
func refuseClusters(_ extra: [Bytes]) throws(LaunchError) {
    for word in extra where word.first == UInt8(ascii: "-") && word.count > 2 && word[1] != word[0] {
        throw LaunchError(
            .usage,
            "-- \(shown(word))",
            "several short flags in one word may choose a session",
            "write each flag separately"
        )
    }
}
