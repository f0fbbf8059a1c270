/// The plan as `--dry-run --format json` prints it (schema `agentlaunch.plan/1`).
extension LaunchPlan {
    func json(showPrompt: Bool) -> JSONValue {
        [
            "schema": "agentlaunch.plan/1",
            "version": .string(ProductVersion.current),
            "agent": .string(agent.name),
            "workdir": .string(workdir.description),
            "start": .string(decision.verdict.rawValue),
            "reason": .string(decision.reason),
            "session": sessionJSON,
            "prompt": promptJSON,
            "transport": .string(transport.rawValue),
            "command": .array(shown(command, showPrompt: showPrompt).map(JSONValue.string)),
            "agentCommand": .array(shown(agentCommand, showPrompt: showPrompt).map(JSONValue.string)),
            "environment": [
                "set": .object(environment.set.map { .init($0.name, .string($0.shown)) }),
                "unset": .array(environment.unset.map(JSONValue.string)),
            ],
            "evidence": .array(
                findings.evidence.map {
                    [
                        "source": .string($0.source), "status": .string($0.status.rawValue),
                        "finding": .string($0.finding),
                    ]
                }
            ),
            "warnings": .array(
                findings.warnings.map { ["code": .string($0.code), "message": .string($0.message)] }
            ),
            "agentVersion": [
                "value": .optional(version.version?.description), "source": .string(version.source.rawValue),
            ],
            "transportCause": .string(transportCause.rawValue),
            "attended": .bool(isAttended),
        ]
    }

    private var sessionJSON: JSONValue {
        switch decision.start {
        case nil: .null
        case .cold(let new) where new.id == nil && new.name == nil: .null
        case .cold(let new):
            [
                "id": .optional(new.id), "name": .optional(new.name), "how": .string(decision.how.rawValue),
                "exists": false, "store": .null, "messages": .null, "updatedAt": .null, "interrupted": .null,
            ]
        case .reuse(let session), .warm(let session):
            [
                // A conversation of an agent without sessions is a file, and nothing that `--resume` takes.
                "id": .optional(agent.isSessionID(session.id) ? session.id : nil),
                "name": .optional(session.name),
                "how": .string(decision.how.rawValue),
                "exists": true, "store": .string(session.store.description),
                "messages": session.messages.map { .integer($0) } ?? .null,
                "updatedAt": .optional(session.updatedAt?.rfc3339),
                "interrupted": session.interrupted.map(JSONValue.bool) ?? .null,
            ]
        }
    }

    private var promptJSON: JSONValue {
        [
            "action": .string(prompt.action.rawValue),
            "delivery": .optional(prompt.route?.name),
            "bytes": prompt.text.map { .integer($0.count) } ?? .null,
            "sha256": .optional(prompt.text.map { SHA256.hex($0) }),
            "given": .optional(prompt.given?.rawValue),
        ]
    }
}

extension LaunchPlan {
    /// argv for people to read: placeholders where the prompt goes, unless it is to be shown.
    func shown(_ arguments: [AgentCommand.Argument], showPrompt: Bool) -> [String] {
        arguments.map { argument in
            switch argument {
            case .text(let bytes): bytes.lossyText
            case .promptFile: "<prompt file>"
            case .newThread: "<new thread>"
            case .prompt(let prefix):
                prefix + (showPrompt ? (prompt.text ?? []).lossyText : promptPlaceholder)
            }
        }
    }

    private var promptPlaceholder: String {
        let text = prompt.text ?? []
        return "<prompt: \(text.count) bytes, sha256 \(SHA256.hex(text))>"
    }
}

extension EnvironmentChange.Setting {
    var shown: String { isPrivate ? "<\(value.count) bytes>" : value.lossyText }
}
