/// The texts that a start was given, read once.
struct PromptTexts {
    var task: TaskText?
    var resumePrompt: TaskText?
    /// Why they cannot be read: that stops only a start that needs them.
    var unreadableTask: LaunchError?
    var unreadableResumePrompt: LaunchError?
}

extension PromptTexts {
    init(of request: Request, _ environment: Environment, _ findings: inout Findings) throws(LaunchError) {
        (task, unreadableTask) = try Self.read(request.task, environment, &findings)
        (resumePrompt, unreadableResumePrompt) = try Self.read(request.resumePrompt, environment, &findings)
    }

    private static func read(
        _ source: PromptSource?,
        _ environment: Environment,
        _ findings: inout Findings
    ) throws(LaunchError) -> (TaskText?, LaunchError?) {
        switch try source?.read(environment: environment) {
        case .task(let text): return (text, nil)
        case .unreadable(let error): return (nil, error)
        case .empty(let warning): findings.warn(warning.code, warning.message)
        case nil: break
        }
        return (nil, nil)
    }
}

extension StartPrompt {
    /// What was decided, with the text that it is about; the route is decided next.
    init(_ decision: PromptDecision, _ texts: PromptTexts, reportTasks: Bool) {
        self.init(action: decision.action, given: decision.given, isRefused: decision.isRefused)
        switch action {
        case .send:
            let instruction =
                "Report your progress with the coder_report_task tool at every step of this task.\n"
            text = texts.task.map { (reportTasks ? Bytes(instruction.utf8) : []) + $0.bytes }
        case .skip: text = texts.task?.bytes
        case .resumePrompt: text = texts.resumePrompt?.bytes
        case .none: break
        }
    }
}
