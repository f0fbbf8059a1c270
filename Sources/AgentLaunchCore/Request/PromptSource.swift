import Glibc

/// Where a prompt comes from. It is read when it is needed, once: standard input has no second time.
struct PromptSource: Equatable, Sendable {
    enum Origin: Equatable, Sendable {
        case text(Bytes)
        case file(Path)
        case standardInput
        case variable(String)
        case base64Variable(String)
        /// Read already: the process that goes on in the background has none of its caller's descriptors.
        case read(Reading)
    }

    /// What reading it gave. What is wrong for every start (not UTF-8, too long) is thrown instead.
    enum Reading: Equatable, Sendable {
        case task(TaskText)
        /// Nothing but white space is there: as if no prompt had been given.
        case empty(Warning)
        /// The file or variable is not there (any more). Only a start that needs the text fails of it.
        case unreadable(LaunchError)
    }

    /// Of files and standard input; arguments and variables are limited by the kernel to 128 KiB.
    static let limit = 1 << 20

    var origin: Origin
    /// The option or variable that named it.
    var spelling: String

    /// The variable that held the text, which the child must not inherit.
    var variable: String? {
        switch origin {
        case .variable(let name), .base64Variable(let name): name
        default: nil
        }
    }

    init(_ origin: Origin, _ spelling: String) {
        self.origin = origin
        self.spelling = spelling
    }

    func read(
        environment: Environment,
        standardInput: Int32 = STDIN_FILENO
    ) throws(LaunchError) -> Reading {
        switch origin {
        case .text(let bytes): return try checked(bytes)
        case .variable(let name):
            guard let value = environment[name] else { return missing(name) }
            return try checked(value)
        case .base64Variable(let name):
            guard let value = environment[name] else { return missing(name) }
            return try checked(decoded(value, name))
        case .read(let reading): return reading
        case .standardInput: return try content(of: standardInput, "standard input")
        case .file(let path):
            let descriptor = path.withCString { name in
                Result<Int32, Errno> { () throws(Errno) in
                    try retrying { open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY) }
                }
            }
            switch descriptor {
            case .failure(let error): return unreadable(path.description, error)
            case .success(let descriptor):
                defer { close(descriptor) }
                return try content(of: descriptor, path.description)
            }
        }
    }

    /// What is in a file or on standard input is read now, the rest when it is needed.
    func readAhead(environment: Environment) throws(LaunchError) -> PromptSource {
        switch origin {
        case .file, .standardInput: PromptSource(.read(try read(environment: environment)), spelling)
        default: self
        }
    }

    /// Read in sequence: it may be a pipe.
    private func content(of descriptor: Int32, _ what: String) throws(LaunchError) -> Reading {
        guard isatty(descriptor) == 0 else {
            throw LaunchError(.usage, spelling, "\(what) is a terminal", "name a file, or pipe the prompt")
        }
        // One byte more than the limit, so that `checked` sees what is too long.
        let bytes: Bytes
        do {
            bytes = try readAll(descriptor, limit: Self.limit + 1)
        } catch {
            return unreadable(what, error)
        }
        return try checked(bytes)
    }

    private func decoded(_ value: Bytes, _ name: String) throws(LaunchError) -> Bytes {
        do {
            return try Base64.decode(value)
        } catch {
            let why = "\(name) is not valid base64: \(error.why) at byte \(error.offset)"
            throw LaunchError(.usage, spelling, why, "encode the prompt again")
        }
    }

    func checked(_ bytes: Bytes) throws(LaunchError) -> Reading {
        guard bytes.count <= Self.limit else {
            let why = "the prompt is longer than \(Self.limit >> 20) MiB"
            throw LaunchError(.usage, spelling, why, "put the text in a file and refer to it in the prompt")
        }
        guard let text = bytes.text else {
            throw LaunchError(.usage, spelling, "the prompt is not valid UTF-8", "convert it to UTF-8")
        }
        if let offset = bytes.firstIndex(of: 0) {
            let why = "the prompt contains a NUL byte at offset \(offset)"
            throw LaunchError(.usage, spelling, why, "remove it")
        }
        if let task = TaskText(text) { return .task(task) }
        return .empty(
            Warning("prompt-empty", "\(spelling): the prompt is empty and ignored")
        )
    }

    private func missing(_ name: String) -> Reading {
        .unreadable(
            LaunchError(
                .noInput,
                spelling,
                "variable \(name) is not set",
                "set it, or pass the prompt another way"
            )
        )
    }

    private func unreadable(_ what: String, _ error: Errno) -> Reading {
        let next = "check the path, or pass the prompt another way"
        return .unreadable(LaunchError(.noInput, spelling, "\(what): \(error)", next))
    }
}

/// Everything up to the end of the file or the limit. A descriptor that does not block is waited for.
private func readAll(_ descriptor: Int32, limit: Int) throws(Errno) -> Bytes {
    var result: Bytes = []
    var buffer = Bytes(repeating: 0, count: 64 << 10)
    while result.count < limit {
        do {
            let got = try retrying {
                buffer.withUnsafeMutableBytes {
                    Glibc.read(descriptor, $0.baseAddress!, min($0.count, limit - result.count))
                }
            }
            if got == 0 { break }
            result += buffer[..<got]
        } catch  where error.code == EAGAIN {
            var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            _ = try retrying { poll(&waited, 1, -1) }
        }
    }
    return result
}
