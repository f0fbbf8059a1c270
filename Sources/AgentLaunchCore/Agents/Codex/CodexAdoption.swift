import Glibc

/// Threads that nobody remembers by id: what an older start script noted, and what is in this directory.
extension CodexStore {
    /// Lines `DIR|ID` in `~/.codex-module/.codex-task-session`. The directory is compared as text: the script that
    /// wrote the file took it for a regular expression, and `/a.b` resumed the session of `/aXb`.
    func legacy(_ findings: inout Findings) -> Lookup {
        let path = query.home / ".codex-module" / ".codex-task-session"
        let contents: Bytes
        do throws(StoreFailure) {
            guard let bytes = try reading(path, try contentsOfSmallFile(path)) else { return .absent }
            contents = bytes
        } catch {
            findings.saw(error)
            return .unreadable(error)
        }
        var failure: StoreFailure?
        for line in contents.split(separator: UInt8(ascii: "\n")) {
            // The directory may hold a bar, an id never does.
            guard let bar = line.lastIndex(of: UInt8(ascii: "|")), Bytes(line[..<bar]) == query.workdir.bytes
            else { continue }
            let id = Bytes(line[(bar + 1)...]).lossyText.filter { $0 != "\r" && $0 != " " }
            guard CodexHome.isThreadID(id) else {
                findings.saw(path, .ignored, "what it names for this directory is not a thread ID")
                continue
            }
            switch find(id, &findings) {
            case .found(let session) where session.state == .resumable:
                findings.saw(path, .ok, "names thread \(session.id) for this directory")
                return .found(session)
            case .unreadable(let cause): failure = failure ?? cause
            case .found, .absent:
                findings.saw(
                    path,
                    .ignored,
                    "thread \(id), which it names for this directory, cannot be resumed"
                )
            }
        }
        return failure.map { .unreadable($0) } ?? .absent
    }

    func candidates(_ findings: inout Findings) -> Candidates {
        let tree = CodexRolloutTree(home.sessions)
        var result = Candidates(failures: tree.failures)
        for failure in tree.failures { findings.saw(failure) }
        var refused: [CodexRolloutFile] = []
        let plain = tree.files.filter { !$0.isCompressed }
        for file in plain {
            do throws(Errno) {
                guard let session = try read(file, in: tree, wanted: isHere) else { continue }
                if session.state == .resumable { result.sessions.append(session) }
                if session.state == .dead, session.origin == .user { refused.append(file) }
            } catch  where error.code == ENOENT {
                continue
            } catch {
                result.add(StoreFailure(file.path, error), &findings)
            }
        }
        let names = Set(plain.map(\.id))
        addPacked(tree.files.filter { $0.isCompressed && !names.contains($0.id) }, &result, &findings)
        report(tree, result, refused: refused, &findings)
        return result
    }

    private func addPacked(
        _ files: [CodexRolloutFile],
        _ result: inout Candidates,
        _ findings: inout Findings
    ) {
        guard !files.isEmpty else { return }
        var threads: [String: CodexStateDatabase.Thread] = [:]
        if let database = CodexStateDatabase(in: home.databases) {
            do throws(StoreFailure) {
                threads = try database.threads(files.map(\.id))
                findings.saw(
                    database.path,
                    .ok,
                    "knows \(threads.count) of \(files.count) compressed threads"
                )
            } catch {
                findings.saw(database.path, .unreadable, error.why)
            }
        }
        for file in files {
            guard let thread = threads[file.id], let directory = thread.directory else {
                findings.saw(file.path, .unreadable, "compressed, and no state database has its directory")
                result.failures.append(
                    StoreFailure(
                        path: file.path,
                        kind: .unreadable,
                        why: "it is compressed, and no state database has its directory",
                        nextStep: "if it is this directory's, pass --resume \(file.id), else --fresh"
                    )
                )
                continue
            }
            let session = packed(file, thread)
            if isHere(directory), !thread.isArchived, session.state == .resumable {
                result.sessions.append(session)
            }
        }
    }

    private func report(
        _ tree: CodexRolloutTree,
        _ result: Candidates,
        refused: [CodexRolloutFile],
        _ findings: inout Findings
    ) {
        if tree.folders.isEmpty, tree.failures.isEmpty {
            findings.saw(home.sessions, .absent, "no session yet")
        } else {
            findings.saw(
                home.sessions,
                .ok,
                "\(tree.files.count) rollouts, \(result.sessions.count) of them conversations of this directory"
            )
        }
        for session in result.sessions.prefix(10) {
            findings.saw(session.store, .ok, "thread \(session.id) of this directory")
        }
        guard let first = refused.first else { return }
        for file in refused.prefix(10) {
            findings.saw(file.path, .damaged, "its first line does not describe the thread: Codex refuses it")
        }
        findings.warn(
            "rollout-skipped",
            refused.count == 1
                ? "Codex cannot resume \(first.path): its first line does not describe the thread"
                : "Codex cannot resume \(refused.count) rollouts, \(first.path) among them: their first lines do not describe their threads"
        )
    }
}
