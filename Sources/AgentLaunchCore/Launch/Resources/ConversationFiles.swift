import Glibc

/// Where agentlaunch keeps what belongs to one conversation, and what it says there.
struct ConversationFiles {
    let state: StateDirectory
    /// The conversation's own directory.
    let directory: Path
    let agent: String
    let name: String
    let workdir: Path
    /// `--module-dir`, physical, so that two spellings are one directory.
    let moduleDirectory: Path?
    /// agentlaunch's own, not the agent's.
    let environment: Environment

    init(_ context: StartContext, _ launcher: ProcessContext) {
        state = StateDirectory(environment: launcher.environment, home: launcher.home)
        agent = context.agent.name
        name = context.request.sessionName
        workdir = context.workdir
        directory = state.conversation(agent: agent, name: name, workdir: workdir)
        moduleDirectory = context.request.moduleDirectory.map { (try? $0.physical()) ?? $0 }
        environment = launcher.environment
    }

    var recordFile: RecordFile { RecordFile(conversation: directory) }
    var runFile: RunFile { RunFile(conversation: directory) }

    // MARK: --module-dir

    /// In `--module-dir`, for a conversation that is not the first one there.
    private var ownModuleDirectory: Path? {
        moduleDirectory.map { $0 / StateDirectory.directoryName(name, workdir) }
    }

    /// This conversation's place in `--module-dir`. That belongs to the first conversation that is kept there; others
    /// have a directory of their own in it.
    func moduleDirectory(_ record: Record?) -> Path? {
        guard let moduleDirectory, let ownModuleDirectory else { return nil }
        if let kept = record?.moduleDirectory, [moduleDirectory, ownModuleDirectory].contains(kept) {
            return kept
        }
        let records = RecordFile.records(of: otherConversations())
        return records.contains { $0.moduleDirectory == moduleDirectory }
            ? ownModuleDirectory : moduleDirectory
    }

    // MARK: Prompt files

    /// Where a prompt's file goes: where it was put last time too, so that leftovers are found.
    ///
    /// - Parameter module: this conversation's place in `--module-dir`.
    func promptFile(_ module: Path?) -> PromptFile {
        PromptFile(in: promptFolder(module), conversation: directory)
    }

    private func promptFolder(_ module: Path?) -> Path {
        let folder = module ?? directory
        do throws(Errno) {
            try makeDirectories(folder, mode: 0o700)
            if folder.withCString({ access($0, W_OK) }) != 0 { throw Errno.last }
        } catch {
            if let runtime = environment.given("XDG_RUNTIME_DIR") {
                return Path(bytes: runtime) / "agentlaunch" / StateDirectory.directoryName(name, workdir)
            }
        }
        return folder
    }

    /// What killed launchers left of prompts, in `--module-dir` and in this conversation's own directory of it.
    func removeLeftovers() {
        promptFile(moduleDirectory).removeLeftovers()
        if let ownModuleDirectory {
            PromptFile(in: ownModuleDirectory, conversation: directory).removeLeftovers()
        }
    }
}
