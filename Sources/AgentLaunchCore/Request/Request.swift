/// What is wanted of a start: every option checked and typed. No file has been read, and nothing that depends
/// on the agent, on a terminal or on agentapi is decided.
struct Request: Equatable, Sendable {
    /// A value and who gave it.
    struct Chosen<Value: Equatable & Sendable>: Equatable, Sendable {
        var value: Value
        /// An option, else a variable.
        var byOption: Bool
    }

    /// Which conversation was asked for; the three are exclusive.
    enum Conversation: Equatable, Sendable {
        case automatic
        case resume(String)
        case fresh
        case requireResume
    }

    var agent: String
    var task: PromptSource?
    var reportTasks: Bool
    /// Nil: refuse if attended, else skip.
    var onNewPrompt: NewPromptPolicy?
    var resumePrompt: PromptSource?
    var resumeWhen: ResumeWhen
    /// Absolute; links are not resolved and it need not exist.
    var workdir: Path
    var sessionName: String
    var conversation: Conversation
    var adopt: Adoption
    var onUnknown: UnknownPolicy
    /// Nil: by the terminals, `Transport.decided`.
    var transport: Chosen<Transport>?
    var port: Int?
    var termWidth: Int?
    var termHeight: Int?
    var moduleDirectory: Path?
    var statePersistence: Bool
    /// The words in front of the agent, the default of `AGENTAPI_BOUNDARY_PREFIX` included.
    var wrapper: [Bytes]
    var model: String?
    var allowAll: Bool
    var variables: [ChildVariable]
    /// To be read with `ChildVariable.lines`; `--env` wins over their lines.
    var variableFiles: [Path]
    /// Nil: attended if direct on a terminal.
    var attended: Chosen<Bool>?
    var agentVersion: Version?
    var dryRun: Bool
    var showPrompt: Bool
    var format: OutputFormat
    var stopTimeoutMilliseconds: Int
    var restart: RestartPolicy
    /// True also if `--wait-ready` implies it.
    var detach: Bool
    var waitReadyMilliseconds: Int?
    var logFile: Path?
    /// For the agent; of `custom` its command.
    var arguments: [Bytes]
    var warnings: [Warning]

    /// Variables that held a prompt and are not for the child.
    var promptVariables: [String] { [task, resumePrompt].compactMap { $0?.variable } }
}
