/// Where agentapi sees the agent's input box on a screen, which is how it knows that the agent is ready.
struct InputBox {
    let type: String
    /// Releases after 0.12.1 know the dashed border too.
    let knowsDashes: Bool

    func isReady(_ screen: [String]) -> Bool {
        let lines = trimmed(screen)
        // amp's blank screen counts as a message of its own.
        if type == "amp", lines.isEmpty { return true }
        return without(lines).count != lines.count
    }

    /// The lines above the box; all of them if there is none.
    func without(_ lines: [String]) -> [String] {
        switch type {
        case "codex": withoutCodexBox(lines)
        case "opencode": withoutOpencodeBox(lines)
        case "amp": withoutAmpBox(lines)
        default: Array(lines[..<(promptLine(lines) ?? slimBox(lines) ?? lines.count)])
        }
    }

    private func isBorder(_ line: String) -> Bool {
        line.contains(String(repeating: "─", count: 15))
            || knowsDashes && line.contains(String(repeating: "╌", count: 15))
    }

    /// A `>` in the last six lines, with the border above it.
    private func promptLine(_ lines: [String]) -> Int? {
        guard let index = lines.indices.suffix(6).last(where: { lines[$0].contains(">") }) else { return nil }
        return index > 0 && isBorder(lines[index - 1]) ? index - 1 : index
    }

    /// A bar between two borders, in the last nine lines.
    private func slimBox(_ lines: [String]) -> Int? {
        lines.indices.suffix(9).dropLast(2).last { index in
            isBorder(lines[index]) && isBorder(lines[index + 2])
                && ["|", "│", "❯"].contains { lines[index + 1].contains($0) }
        }
    }

    private func withoutCodexBox(_ lines: [String]) -> [String] {
        guard lines.count >= 3, lines[lines.count - 3].contains("›") else { return lines }
        return Array(lines.dropLast(3)) + lines.suffix(1)
    }

    private func withoutOpencodeBox(_ lines: [String]) -> [String] {
        let border = "╹" + String(repeating: "▀", count: 17)
        guard
            let index = lines.indices.dropFirst(4).last(where: {
                lines[$0].drop(while: \.isWhitespace).hasPrefix(border)
            })
        else { return lines }
        return Array(lines[..<(index - 4)])
    }

    private func withoutAmpBox(_ lines: [String]) -> [String] {
        func edges(_ line: String) -> (Character?, Character?) {
            let text = line.drop(while: \.isWhitespace)
            return (text.first, text.last { !$0.isWhitespace })
        }
        guard let end = lines.lastIndex(where: { edges($0) == ("╰", "╯") }),
            let start = lines[...end].lastIndex(where: { edges($0) == ("╭", "╮") })
        else { return lines }
        return Array(lines[..<start])
    }
}

func isBlank(_ line: String) -> Bool {
    line.utf8.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
}

/// Without empty lines at both ends.
func trimmed(_ lines: [String]) -> [String] {
    guard let first = lines.firstIndex(where: { !isBlank($0) }),
        let last = lines.lastIndex(where: { !isBlank($0) })
    else { return [] }
    return Array(lines[first...last])
}

/// White space as agentapi trims it off a prompt.
func trimmedPrompt(_ text: String) -> String {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || (0x09...0x0D).contains(scalar.value) }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isSpace($0) }),
        let last = scalars.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(scalars[first...last])
}

/// What the agent has said since the last user message, as far as it can be told from two screens.
struct AgentText {
    let box: InputBox

    func of(_ screen: [String], before old: Set<String>, userInput: String) -> String {
        guard let first = screen.firstIndex(where: { !old.contains($0) }) else { return "" }
        let lines = withoutInput(trimmed(Array(screen[first...])), userInput)
        return trimmed(box.without(lines)).joined(separator: "\n")
    }

    /// The echo of the user's text at the top is left out: from where its first six characters are found.
    private func withoutInput(_ lines: [String], _ input: String) -> [String] {
        let wanted = input.unicodeScalars.filter { !$0.properties.isWhitespace }
        guard !wanted.isEmpty else { return lines }
        let start = Array(wanted.prefix(6))
        for (index, line) in lines.prefix(6).enumerated() {
            let cells = Array(line.unicodeScalars.filter { !$0.properties.isWhitespace })
            guard let column = cells.indices.first(where: { cells[$0...].starts(with: start) }) else {
                continue
            }
            var rest = wanted.count - (cells.count - column)
            var last = index
            while rest > 0, last + 1 < lines.count {
                last += 1
                rest -= lines[last].unicodeScalars.count { !$0.properties.isWhitespace }
            }
            return Array(lines[(last + 1)...])
        }
        return lines
    }
}
