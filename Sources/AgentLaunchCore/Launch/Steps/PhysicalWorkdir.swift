import Glibc

extension StartContext {
    /// Where the agent runs, without links.
    static func physicalWorkdir(_ request: Request, isAttended: Bool) throws(LaunchError) -> Path {
        let path: Path
        let status: stat?
        do throws(Errno) {
            path = try request.workdir.physical()
            status = try fileStatus(path)
        } catch {
            throw LaunchError(.noInput, "\(request.workdir)", "\(error)", "give another --workdir")
        }
        guard path.bytes.text != nil else {
            throw LaunchError(.usage, "--workdir", "its physical path is not UTF-8", "use another directory")
        }
        if let status, !status.isDirectory {
            throw LaunchError(.noInput, "\(path)", "it is no directory", "give another --workdir")
        }
        guard status != nil || request.dryRun || !isAttended else {
            throw LaunchError(
                .noInput,
                "\(path)",
                "there is no such directory",
                "make it, or give another --workdir"
            )
        }
        return path
    }

    /// Where nobody is there to make it.
    func makeWorkdir() throws(LaunchError) {
        guard !isAttended else { return }
        do throws(Errno) { try makeDirectories(workdir, mode: 0o777) } catch {
            throw LaunchError(.noInput, "\(workdir)", "it cannot be made: \(error)", "give another --workdir")
        }
    }
}
