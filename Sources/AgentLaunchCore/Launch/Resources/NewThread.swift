extension PlannedStart {
    /// How long a start may take until agentapi runs, everything that is asked before included.
    private static let limit: Int64 = 5000
    /// A first look at the network is given this, however long the rest has taken.
    private static let least: Int64 = 2000

    /// Makes the thread that a cold start's command lacks. Its id is known, and goes into the record, before the
    /// agent is started: a prompt can only go where the next start looks.
    mutating func pinThread(began: Int64) throws(LaunchError) {
        guard plan.agentCommand.contains(.newThread), case .cold = plan.decision.start else {
            return
        }
        // No thread is made for a start that lacks a program.
        _ = try programs.executed()
        guard case .found(let program, _) = programs.agent else { return }
        let agent = context.agent
        var words = [program.bytes] + agent.newThread.map { Bytes($0.utf8) }
        var first = program
        // Whatever keeps the agent in keeps this in too.
        if case .found(let wrapper, _) = programs.wrapper {
            words = context.request.wrapper + words
            first = wrapper
        }
        let left = max(Self.least, Self.limit - (monotonicMilliseconds() - began))
        let text = output(
            of: first,
            [Bytes](words.dropFirst()),
            environment: plan.environment.applied(to: context.environment),
            milliseconds: Int32(left),
            directory: plan.workdir
        )
        guard let id = text.flatMap({ agent.onlyID(in: $0) }) else {
            let command = ([agent.executable] + agent.newThread).joined(separator: " ")
            throw LaunchError(
                .unavailable,
                "`\(command)`",
                text == nil
                    ? "it failed, or did not answer in \(left / 1000) s" : "its output contains no thread ID",
                "check the network and the login: run it by hand"
            )
        }
        plan.decision.start = .cold(NewSession(id: id))
        plan.agentCommand = plan.agentCommand.map { $0 == .newThread ? .init(id) : $0 }
        state?.session = id
    }
}

extension Agent {
    /// The one id that a text names, perhaps in an address; nil if it names none or several.
    func onlyID(in text: String) -> String? {
        let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-")) }
        let ids = Set(words.map(String.init).filter(isSessionID))
        return ids.count == 1 ? ids.first : nil
    }
}
