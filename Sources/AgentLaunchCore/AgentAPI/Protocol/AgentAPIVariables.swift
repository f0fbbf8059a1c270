/// What becomes of the `AGENTAPI_` variables that agentapi would inherit: an empty one counts as unset, there as here.
extension AgentAPI {
    /// Kept below our option and above the default, with the option that wins.
    private static let kept: [String: String?] = [
        "PORT": "--port", "TERM_WIDTH": "--term-width", "TERM_HEIGHT": "--term-height", "CHAT_BASE_PATH": nil,
        "ALLOWED_HOSTS": nil, "ALLOWED_ORIGINS": nil, "STATE_FILE": nil, "PID_FILE": nil, "SAVE_STATE": nil,
    ]
    private static let state = ["STATE_FILE", "LOAD_STATE", "SAVE_STATE"]

    /// What changes in the environment, on top of what the user's `--env` sets.
    func change(_ findings: inout Findings) throws(LaunchError) -> EnvironmentChange {
        var change = EnvironmentChange()
        let inherited = environment.entries.compactMap { entry -> (key: String, value: Bytes)? in
            guard let name = entry.name.text, name.hasPrefix(Self.prefix), !entry.value.isEmpty else {
                return nil
            }
            return (String(name.dropFirst(Self.prefix.count)), entry.value)
        }
        for (key, value) in inherited.sorted(by: { $0.key < $1.key }) {
            try treat(key, value, &change, &findings)
        }
        if request.statePersistence {
            if environment.given("AGENTAPI_STATE_FILE") == nil { set("STATE_FILE", stateFile.bytes, &change) }
            // agentapi would put its file in the place of a pipe or a device.
            if !savesState { set("SAVE_STATE", Bytes("false".utf8), &change) }
            set("LOAD_STATE", Bytes((try server().loadsState ? "true" : "false").utf8), &change)
        } else {
            change.unset += Self.state.map { Self.prefix + $0 }.filter { environment[$0] != nil }
        }
        if environment.given("AGENTAPI_PID_FILE") == nil {
            if let path = try server().pidFile { set("PID_FILE", path.bytes, &change) }
        }
        return change
    }

    private func treat(
        _ key: String,
        _ value: Bytes,
        _ change: inout EnvironmentChange,
        _ findings: inout Findings
    ) throws(LaunchError) {
        let name = Self.prefix + key
        if !request.statePersistence, Self.state.contains(key) { return }
        switch key {
        case "INITIAL_PROMPT":
            throw LaunchError(
                .usage,
                name,
                "agentapi would give this prompt at every start",
                "unset it and use --prompt or --prompt-file"
            )
        case "LOAD_STATE": return
        case "BOUNDARY_PREFIX":
            // Not agentapi's own.
            let isUsed = request.wrapper == [value]
            findings.saw(
                variable: name,
                isUsed ? .ok : .ignored,
                isUsed ? "used as the wrapper" : "overridden by --wrapper"
            )
            return
        case "ALLOWED_HOSTS": try AgentAPIList.checkHosts(value, name)
        case "ALLOWED_ORIGINS": try AgentAPIList.checkOrigins(value, name)
        case "SAVE_STATE":
            try checkSwitch(value, name)
            if !savesState {
                findings.saw(variable: name, .ignored, "the chat cannot be saved")
                return
            }
        case "STATE_FILE", "PID_FILE": makeAbsolute(key, value, &change, &findings)
        default: break
        }
        guard let option = Self.kept[key] else {
            change.unset.append(name)
            findings.warn(
                "agentapi-variable-removed",
                "\(name) is unset, because it would change what agentapi does"
            )
            return
        }
        if let option, isGiven(option) {
            findings.saw(variable: name, .ignored, "overridden by \(option)")
        } else {
            let isRelative = key.hasSuffix("_FILE") && value.first != UInt8(ascii: "/")
            findings.saw(
                variable: name,
                .ok,
                isRelative
                    ? "kept, made absolute from the working directory" : "kept, agentapi reads it"
            )
        }
    }

    private func isGiven(_ option: String) -> Bool {
        switch option {
        case "--port": request.port != nil
        case "--term-width": request.termWidth != nil
        case "--term-height": request.termHeight != nil
        default: false
        }
    }

    private func makeAbsolute(
        _ key: String,
        _ value: Bytes,
        _ change: inout EnvironmentChange,
        _ findings: inout Findings
    ) {
        guard value.first != UInt8(ascii: "/"), let path = file(key) else { return }
        // An inherited value is the user's own.
        set(key, path.bytes, &change, isPrivate: true)
        guard value.first == UInt8(ascii: "~") else { return }
        findings.warn(
            "path-not-expanded",
            "\(Self.prefix)\(key) begins with ~, which agentapi takes for a directory in \(workdir); "
                + "write the home directory in full"
        )
    }

    /// The words that Go's `ParseBool` takes; anything else would count as false.
    private func checkSwitch(_ value: Bytes, _ name: String) throws(LaunchError) {
        let words = ["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"]
        guard words.contains(value.lossyText) else {
            throw LaunchError(.usage, name, "invalid value", "unset it, or set true or false")
        }
    }

    private func set(
        _ key: String,
        _ value: Bytes,
        _ change: inout EnvironmentChange,
        isPrivate: Bool = false
    ) {
        change.set.append(.init(name: Self.prefix + key, value: value, isPrivate: isPrivate))
    }
}
