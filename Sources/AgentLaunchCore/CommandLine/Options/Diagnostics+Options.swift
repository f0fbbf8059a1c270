extension Diagnostics {
    /// As the options and variables say. Of `--quiet` and `--verbose` the quiet one counts, unless only the
    /// other was typed.
    init(_ invocation: Invocation) throws(LaunchError) {
        let read = OptionReader(
            options: invocation.options,
            environment: Environment(),
            currentDirectory: "/"
        )
        format = try read.choice(.logFormat) ?? .text
        let quiet = read.toggle(.quiet) ?? false
        let verbose = read.toggle(.verbose) ?? false
        let typed = { (name: OptionName) in read.given(name)?.origin == .option }
        if quiet, verbose {
            level = typed(.verbose) && !typed(.quiet) ? .detail : .error
        } else {
            level = quiet ? .error : verbose ? .detail : .notice
        }
    }

    /// For the errors of parsing itself: the format as far as it can be made out of arguments that are wrong.
    init(guessedFrom arguments: [Bytes], _ environment: Environment) {
        var format = environment.given("AGENTLAUNCH_LOG_FORMAT")
        let typed = arguments.prefix { $0 != Bytes("--".utf8) }
        let flag = Bytes(OptionName.logFormat.flag.utf8)
        for (index, word) in typed.enumerated() {
            if word == flag, index + 1 < typed.count { format = typed[index + 1] }
            if word.starts(with: flag + [UInt8(ascii: "=")]) {
                format = Bytes(word.dropFirst(flag.count + 1))
            }
        }
        self.init(format: format?.text.flatMap(OutputFormat.init(rawValue:)) ?? .text)
    }
}
