@testable import AgentLaunchCore

extension CommandRequest {
    /// In `/w`, with an empty environment and nothing but what is given.
    init(_ agent: Agent, _ start: Start, prompt: Bool = false, attended: Bool = true, version: Version) {
        self.init(
            start: start,
            prompt: prompt ? agent.promptIntake(start, Bytes("do it".utf8)).argument : nil,
            workdir: "/w",
            home: "/h",
            attended: attended,
            version: version,
            environment: Environment()
        )
    }
}

extension AgentCommand {
    /// Its arguments on one line, with `PROMPT`, `FILE` and `THREAD` for what the launch puts there.
    var line: String {
        arguments.map { argument in
            switch argument {
            case .text(let bytes): bytes.lossyText
            case .prompt(let prefix): prefix + "PROMPT"
            case .promptFile: "FILE"
            case .newThread: "THREAD"
            }
        }
        .joined(separator: " ")
    }
}
