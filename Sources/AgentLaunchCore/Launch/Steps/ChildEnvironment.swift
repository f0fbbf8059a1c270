/// The environment that the agent gets, before the agent's own settings: the caller's, without what is ours, with
/// what `--env` and `--env-file` add.
enum ChildEnvironment {
    static func make(
        _ request: Request,
        _ inherited: Environment
    ) throws(LaunchError) -> (Environment, EnvironmentChange) {
        var environment = inherited.forChild(without: request.promptVariables)
        var change = EnvironmentChange()
        for entry in inherited.entries where Environment.isOwn(entry.name) {
            change.unset.append(entry.name.lossyText)
        }
        change.unset += request.promptVariables.filter { inherited[$0] != nil && !change.unset.contains($0) }

        var variables: [ChildVariable] = []
        for file in request.variableFiles {
            variables += try ChildVariable.lines(try content(of: file), of: file)
        }
        for variable in variables + request.variables {
            switch variable {
            case .set(let name, let value): set(name, value)
            case .copy(let name):
                if let value = inherited.entries.first(where: { $0.name == name })?.value { set(name, value) }
            }
        }
        change.unset.removeAll { name in environment[name] != nil }
        return (environment, change)

        func set(_ name: Bytes, _ value: Bytes) {
            environment.set(name, value)
            change.set.removeAll { $0.name == name.lossyText }
            change.set.append(.init(name: name.lossyText, value: value, isPrivate: true))
        }
    }

    private static func content(of file: Path) throws(LaunchError) -> Bytes {
        do throws(Errno) {
            if let bytes = try contentsOfSmallFile(file, limit: 1 << 20) { return bytes }
            throw Errno(code: 2)
        } catch {
            throw LaunchError(.noInput, "--env-file \(file)", "\(error)", "use a readable file")
        }
    }
}

extension Environment {
    /// What a child inherits: nothing of agentlaunch's own, and not the variables that held a prompt.
    func forChild(without promptVariables: [String] = []) -> Environment {
        var result = self
        let held = promptVariables.map { Bytes($0.utf8) }
        result.removeAll { Environment.isOwn($0) || held.contains($0) }
        return result
    }
}
