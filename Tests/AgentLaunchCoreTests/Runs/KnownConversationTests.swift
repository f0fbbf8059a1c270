import Glibc
import Testing

@testable import AgentLaunchCore

@Suite("Who runs a conversation", .timeLimit(.minutes(1)))
struct KnownConversationTests {
    private let folder: ScratchDirectory

    init() throws { folder = try ScratchDirectory() }

    private let workdir: Path = "/home/coder/project"
    private var state: StateDirectory {
        StateDirectory(environment: Environment(["XDG_STATE_HOME": folder.text]), home: "/")
    }
    private var conversation: Path { state.conversation(agent: "goose", name: "default", workdir: workdir) }
    private var finder: ConversationFinder { ConversationFinder(state: state, environment: Environment()) }

    /// Lives until it is told to end.
    private final class Innocent {
        let pid: Int32
        init() {
            var child: pid_t = 0
            var words: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/sleep"), strdup("600"), nil]
            posix_spawn(&child, "/bin/sleep", nil, nil, &words, nil)
            for word in words { free(word) }
            pid = child
        }
        var isAlive: Bool { waitpid(pid, nil, WNOHANG) == 0 }
        deinit {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
    }

    private func write(
        launcher: ProcessIdentity,
        child: ProcessIdentity? = nil,
        transport: Transport = .agentapi,
        end: Run.End? = nil
    ) throws {
        try RunFile(conversation: conversation).write(
            Run(
                agent: "goose",
                workdir: workdir,
                name: "default",
                transport: transport,
                launcher: launcher,
                child: child,
                port: 3284,
                stopTimeoutMilliseconds: 100,
                startedAt: Timestamp(milliseconds: 0),
                end: end
            )
        )
    }

    private var found: KnownConversation? { finder.all(agent: nil).first }

    @Test("A live process named only in run.json is neither launcher nor agentapi, and is not signalled")
    func innocent() throws {
        let innocent = Innocent()
        let process = try #require(ProcessIdentity(innocent.pid))
        try write(launcher: process, child: process)
        let conversation = try #require(found)
        #expect(conversation.state == .ended)
        #expect(conversation.launcher == nil)
        #expect(try LauncherStop(conversation) == nil)
        #expect(innocent.isAlive)
    }

    @Test("Whoever holds the lock runs it, whatever run.json says")
    func lock() throws {
        let innocent = Innocent()
        try write(launcher: try #require(ProcessIdentity(innocent.pid)), end: .init(status: 1, at: .now()))
        guard case .held(let lock) = try FileLock.take(conversation / StateDirectory.lock) else {
            Issue.record("the lock is taken")
            return
        }
        let conversation = try #require(found)
        #expect(conversation.state == .running)
        #expect(conversation.launcher?.process.pid == getpid())
        #expect(conversation.launcher?.isCertain == true)
        // An older start's.
        #expect(conversation.current == nil)
        _ = consume lock
        #expect(found?.state == .ended)
    }

    @Test("Without run.json it still runs, and is found")
    func noRunFile() throws {
        try makeDirectories(conversation, mode: 0o700)
        guard case .held(let lock) = try FileLock.take(conversation / StateDirectory.lock) else {
            Issue.record("the lock is taken")
            return
        }
        #expect(found?.state == .running)
        #expect(finder.one(agent: "goose", name: "default", workdir: workdir).workdir == workdir)
        _ = consume lock
        #expect(found == nil)
    }

    @Test("Nobody is signalled for a lock whose pid belongs to another process")
    func uncertain() throws {
        try makeDirectories(conversation, mode: 0o700)
        guard case .held(let lock) = try FileLock.take(conversation / StateDirectory.lock) else {
            Issue.record("the lock is taken")
            return
        }
        let file = conversation / StateDirectory.lock
        #expect(file.withCString { truncate($0, 0) } == 0)
        let conversation = try #require(found)
        #expect(conversation.launcher?.isCertain == false)
        let error = try #require(throws: LaunchError.self) { try LauncherStop(conversation) }
        #expect(error.status == .unavailable)
        _ = consume lock
    }

    @Test("A lock that is kept among the files of the login session counts too")
    func fallback() throws {
        let environment = Environment(["XDG_RUNTIME_DIR": folder.text])
        let places = LockPlaces(conversation / StateDirectory.lock, environment)
        #expect(places.paths.count == 2)
        guard case .held(let lock) = try FileLock.take(places.paths[1]) else {
            Issue.record("the lock is taken")
            return
        }
        let finder = ConversationFinder(state: state, environment: environment)
        let conversation = finder.one(agent: "goose", name: "default", workdir: workdir)
        #expect(conversation.state == .running)
        #expect(conversation.launcher?.isCertain == true)
        _ = consume lock
    }

    @Test("A run.json copied from another conversation is ignored")
    func copied() throws {
        try write(launcher: ProcessIdentity(pid: 1, startTicks: 1))
        let other = state.conversation(agent: "goose", name: "other", workdir: workdir)
        try makeDirectories(other, mode: 0o700)
        let bytes = try #require(try contentsOfSmallFile(conversation / "run.json", limit: 1 << 20))
        try createFile(other / "run.json", bytes)
        #expect(finder.all(agent: "goose").map(\.name) == ["default"])
    }

    @Test(
        "After a reboot, a process with the pid and start time of an old one is left alone"
    )
    func anotherBoot() throws {
        let innocent = Innocent()
        let process = try #require(ProcessIdentity(innocent.pid))
        let file = RunFile(conversation: conversation)
        try write(
            launcher: ProcessIdentity(pid: innocent.pid, startTicks: 1),
            child: process,
            transport: .direct
        )
        #expect(file.read()?.child == process)
        let boot = try #require(RunFile.boot)
        let bytes = try #require(try contentsOfSmallFile(file.path, limit: 1 << 20))
        let parts = bytes.lossyText.split(separator: boot, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        try replaceFile(file.path, Bytes((parts[0] + "00000000-0000-4000-8000-000000000000" + parts[1]).utf8))
        let run = try #require(file.read())
        #expect(run.child == nil && run.launcher.pid == innocent.pid && !run.launcher.isAlive)
        try Predecessor.end(run: run, timeout: 0) { Issue.record("\($0)") }
        #expect(innocent.isAlive)
    }
}
