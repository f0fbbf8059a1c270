/// Everything agentlaunch knows about one agent: one value, in `Agents/Foo/Foo.swift`, and one line in `Registry`. Its
/// parts stand in the order of the headings of docs/agents/foo.md.
struct Agent: Sendable {
    static let oldestAgentAPI: Version = "0.1.0"

    // MARK: - At a glance

    /// The name on the command line, in plans and in the state directory.
    let name: String
    var aliases: [String] = []
    /// The name for people.
    let title: String
    /// Bare name of the program.
    let executable: String
    /// Folders outside `PATH` where installers put it; `~/` is the home directory.
    var fallbackDirectories: [String] = []
    /// One line for whoever has not got it.
    let install: String
    /// agentapi's `--type`, and the release that brought it.
    let agentAPIType: String
    var agentAPISince: Version = Agent.oldestAgentAPI
    /// The oldest release these rules are for; nil where none is known.
    var oldestKnown: Version?
    /// The newest release these rules were checked with: assumed where the version cannot be had.
    let newestKnown: Version
    /// Its row of Coder's matrix.
    var coderMatrix = CoderMatrix()
    /// What these rules were checked with; nil if nothing is known of the agent.
    var proof: Proof?
    /// What is known not to work, in one line for `agents` and the README.
    var limits = ""

    // MARK: - Store

    /// Its conversations are found again: they are recorded and listed. If not, each start is cold.
    var keepsConversations = true
    let store: @Sendable (StoreQuery) -> any SessionStore
    /// The agent's own form of a session ID: nothing else read from disk reaches an argv.
    let isSessionID: @Sendable (String) -> Bool
    /// What is no name for a conversation, because it looks like one of the agent's session IDs; nil: what is one.
    var resemblesSessionID: (@Sendable (String) -> Bool)?
    /// Its conversations have IDs to be resumed by.
    var hasSessionIDs = true
    /// It keeps one conversation for a directory, and finds it by the directory alone.
    var hasOneConversationPerDirectory = false

    // MARK: - Command line

    /// The first word after `--` is the program, and all others are its arguments.
    var programIsFirstArgument = false
    /// Arguments after `--` that choose a session or are valid only cold or only warm, hence refused.
    var refusedArguments: Set<String> = []
    /// Whether this start's command depends on the version, so that it is worth asking.
    var needsVersion: @Sendable (CommandRequest.Start, _ isAttended: Bool) -> Bool = { _, _ in false }
    let command: @Sendable (CommandRequest) throws(LaunchError) -> AgentCommand

    // MARK: - Prompt

    /// How it takes this prompt when it starts like this.
    var promptIntake: @Sendable (CommandRequest.Start, Bytes) -> PromptIntake = { _, _ in .input }
    /// It stores a prompt only with the answer: killed in between, it knows nothing of the prompt.
    var storesPromptWithAnswer = false

    // MARK: - Resume

    /// The program's words that make a new conversation and print its ID, where a cold start has to be told one.
    var newThread: [String] = []
    /// What goes wrong when a session is resumed in another directory than its own, as in "would ask on the
    /// terminal"; nil if nothing does.
    var otherDirectoryProblem: String?

    // MARK: - Screen

    /// It has a screen to look at, and so is of no use in the background without agentapi.
    var needsTerminal = true
    /// How it can be seen that a prompt can be typed; nil where none ever is.
    var inputReadiness: InputReadiness?

    // MARK: - Unattended

    /// Questions of a first run that only the agent's own configuration answers, with the line to add.
    var firstRun: @Sendable (StoreQuery, _ allowAll: Bool, Version) -> [Warning] = { _, _, _ in [] }
    /// What keeps this start from destroying older conversations, if the agent would.
    var safeguard: @Sendable (StoreQuery, _ isAttended: Bool) -> Safeguard = { _, _ in .notNeeded }

    // MARK: - Environment

    /// Where its own configuration names agentapi's address.
    var pinnedURLs: @Sendable (StoreQuery) -> [PinnedURL] = { _ in [] }

    var pinsThread: Bool { !newThread.isEmpty }
}

/// What an agent's argv depends on.
struct CommandRequest: Sendable {
    enum Start: Equatable, Sendable {
        case cold(NewSession)
        /// A session that is there without messages and takes the prompt of this cold start.
        case reuse(Session)
        case warm(Session)

        /// What is known of the session: a new one may get its ID later.
        var reference: NewSession {
            switch self {
            case .cold(let new): new
            case .reuse(let session), .warm(let session): NewSession(id: session.id, name: session.name)
            }
        }
    }

    var start: Start
    /// What stands in the command for the prompt; nil if none goes with this start, or by another route.
    var prompt: AgentCommand.Argument?
    var model: String?
    var allowAll = false
    /// What the user wrote after `--`.
    var extra: [Bytes] = []
    var workdir: Path
    var home: Path
    var attended: Bool
    var version: Version
    /// The caller's environment.
    var environment: Environment
    var effectiveUserIsRoot = false
}

/// An agent's command line with the places where the prompt goes, and the variables it needs.
struct AgentCommand: Equatable, Sendable {
    enum Argument: Equatable, Sendable {
        case text(Bytes)
        /// The prompt, after a prefix such as `--prompt=`.
        case prompt(prefix: String)
        /// The path of the file that holds the prompt.
        case promptFile
        /// The thread that is pinned just before the start (Amp).
        case newThread
    }

    /// argv[0] is the executable's bare name; the planner puts the path there where `PATH` lacks it.
    var arguments: [Argument]
    var set: [(name: String, value: Bytes)] = []
    var unset: [String] = []
    var warnings: [Warning] = []
    /// This release takes no id at creation: the new session's is captured.
    var assignsOwnID = false

    static func == (a: AgentCommand, b: AgentCommand) -> Bool {
        a.arguments == b.arguments && a.set.elementsEqual(b.set, by: ==) && a.unset == b.unset
            && a.warnings == b.warnings && a.assignsOwnID == b.assignsOwnID
    }
}

extension AgentCommand.Argument: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self = .text(Bytes(value.utf8)) }
    init(_ text: String) { self = .text(Bytes(text.utf8)) }
}
