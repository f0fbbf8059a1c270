import Glibc

/// The arguments of this process as bytes, without the program's own name. `CommandLine.arguments` would
/// replace what is not UTF-8.
enum ProcessArguments {
    static func inherited() -> [Bytes] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            guard let argument = CommandLine.unsafeArgv[index] else { return nil }
            return UnsafeBufferPointer(start: argument, count: strlen(argument)).map { UInt8(bitPattern: $0) }
        }
    }
}
