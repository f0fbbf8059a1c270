import Glibc

extension Preparation {
    /// Where a prompt's file goes: where it was put last time too, so that leftovers are found.
    func promptFolder(_ module: Path?) -> Path {
        let folder = module ?? conversation
        do throws(Errno) {
            try makeDirectories(folder, mode: 0o700)
            if folder.withCString({ access($0, W_OK) }) != 0 { throw Errno.last }
        } catch {
            if let runtime = processContext.environment.given("XDG_RUNTIME_DIR") {
                return Path(bytes: runtime) / "agentlaunch"
                    / StateDirectory.directoryName(self.request.sessionName, self.workdir)
            }
        }
        return folder
    }

    /// What killed launchers left of prompts, in `--module-dir` and in this conversation's own folder of it.
    func removeLeftovers() {
        let folders = [promptFolder(moduleDirectory), ownModuleDirectory]
        for folder in folders.compactMap(\.self) {
            PromptFile(in: folder, conversation: conversation).removeLeftovers()
        }
    }
}
