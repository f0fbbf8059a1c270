/// Reads and writes `record.json`.
struct RecordFile: Sendable {
    static let schema = "agentlaunch.record/1"

    let path: Path

    init(conversation: Path) { path = conversation / "record.json" }

    func read(_ findings: inout Findings) -> RecordState {
        do throws(Errno) {
            guard let bytes = try contentsOfSmallFile(path, limit: 4 << 20) else { return .absent }
            if let record = JSONValue(parsing: bytes).flatMap(Record.init) {
                findings.saw(path, .ok, "the record of this conversation")
                return .present(record)
            }
            return damaged(.damaged, "it is not an agentlaunch record", &findings)
        } catch {
            return damaged(.unreadable, error.description, &findings)
        }
    }

    func write(_ record: Record) throws(Errno) {
        faultPoint("record.before")
        try makeDirectories(path.parent, mode: 0o700)
        try replaceFile(path, JSONWriter.pretty(record.json))
        faultPoint("record.after")
    }

    private func damaged(_ kind: StoreFailure.Kind, _ why: String, _ findings: inout Findings) -> RecordState
    {
        findings.saw(path, kind == .damaged ? .damaged : .unreadable, why)
        findings.warn("record-damaged", "\(path): \(why); relying on the agent's own store")
        return .damaged(
            StoreFailure(
                path: path,
                kind: kind,
                why: why,
                nextStep:
                    "remove it if no conversation is missing, choose one with --resume ID, or pass --fresh"
            )
        )
    }

    /// Nil if there is none, or none that can be read.
    func read() -> Record? {
        var ignored = Findings()
        if case .present(let record) = read(&ignored) { return record }
        return nil
    }

    static func records(of conversations: [Path]) -> [Record] {
        conversations.compactMap { RecordFile(conversation: $0).read() }
    }
}

extension Record {
    var json: JSONValue {
        [
            "schema": .string(RecordFile.schema),
            "agent": .string(agent),
            "workdir": .string(workdir.description),
            "name": .string(name),
            "session": .optional(sessionID),
            "sessionName": .optional(sessionName),
            "earlier": .array(earlier.map { .string($0) }),
            "origin": .string(origin.rawValue),
            "store": .string(store.description),
            "startedAt": .string(startedAt.rfc3339),
            "stateSession": .optional(stateSession),
            "stateFile": .optional(stateFile?.description),
            "moduleDirectory": .optional(moduleDirectory?.description),
            "owesPrompt": .bool(owesPrompt),
            "prompts": .array(
                prompts.map {
                    [
                        "sha256": .string($0.sha256), "bytes": .integer($0.bytes),
                        "at": .string($0.at.rfc3339),
                        "how": .string($0.how), "state": .string($0.state.rawValue),
                    ]
                }
            ),
        ]
    }

    init?(_ json: JSONValue) {
        guard json["schema"]?.text == RecordFile.schema, let agent = json["agent"]?.text,
            let workdir = json["workdir"]?.text, let name = json["name"]?.text,
            let store = json["store"]?.text,
            let origin = json["origin"]?.text.flatMap(Origin.init),
            let startedAt = json["startedAt"]?.text.flatMap({ Timestamp($0) }),
            let prompts = json["prompts"]?.elements
        else { return nil }
        self.init(
            agent: agent,
            workdir: Path(workdir),
            name: name,
            sessionID: json["session"]?.text,
            sessionName: json["sessionName"]?.text,
            origin: origin,
            store: Path(store),
            startedAt: startedAt,
            prompts: [],
            stateSession: json["stateSession"]?.text,
            stateFile: json["stateFile"]?.text.map { Path($0) },
            moduleDirectory: json["moduleDirectory"]?.text.map { Path($0) }
        )
        owesPrompt = json["owesPrompt"]?.flag ?? false
        earlier = json["earlier"]?.elements?.compactMap(\.text) ?? []
        for prompt in prompts {
            guard let sha256 = prompt["sha256"]?.text, let bytes = prompt["bytes"]?.integer,
                let at = prompt["at"]?.text.flatMap({ Timestamp($0) }), let how = prompt["how"]?.text,
                let state = prompt["state"]?.text.flatMap(Prompt.State.init)
            else { return nil }
            self.prompts.append(Prompt(sha256: sha256, bytes: Int(bytes), at: at, how: how, state: state))
        }
    }
}
