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
            throw LaunchError(.noInput, "\(request.workdir)", "\(error)", "use another --workdir")
        }
        guard path.bytes.text != nil else {
            throw LaunchError(
                .usage,
                "--workdir",
                "its physical path is not valid UTF-8",
                "use another directory"
            )
        }
        if let status, !status.isDirectory {
            throw LaunchError(.noInput, "\(path)", "not a directory", "use another --workdir")
        }
        guard status != nil || request.dryRun || !isAttended else {
            throw LaunchError(
                .noInput,
                "\(path)",
                "no such directory",
                "create it, or use another --workdir"
            )
        }
        return path
    }

    /// Where nobody is there to make it.
    func makeWorkdir() throws(LaunchError) {
        guard !isAttended, ((try? fileStatus(workdir)) ?? nil) == nil else { return }
        do throws(Errno) { try makeDirectories(workdir, mode: 0o777) } catch {
            throw LaunchError(.noInput, "\(workdir)", "cannot create it: \(error)", "use another --workdir")
        }
    }
}
