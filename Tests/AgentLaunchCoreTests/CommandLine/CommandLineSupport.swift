import Testing

@testable import AgentLaunchCore

/// The agents that this issue brings; the tests do not depend on what is registered.
let testNames = AgentNames(available: [
    .init("claude", ["claude-code"]), .init("codex"), .init("custom"), .init("goose"),
])

func bytes(_ text: String) -> Bytes { Bytes(text.utf8) }

func parse(
    _ arguments: [String],
    _ environment: KeyValuePairs<String, String> = [:]
) throws(LaunchError) -> Invocation {
    try Invocation.parse(
        arguments: arguments.map(bytes),
        environment: Environment(environment),
        names: testNames
    )
}

func request(
    _ arguments: [String],
    _ environment: KeyValuePairs<String, String> = [:]
) throws(LaunchError) -> Request {
    try request(bytes: arguments.map(bytes), Environment(environment))
}

func request(bytes arguments: [Bytes], _ environment: Environment) throws(LaunchError) -> Request {
    let invocation = try Invocation.parse(arguments: arguments, environment: environment, names: testNames)
    return try Request(invocation, environment: environment, currentDirectory: "/here")
}

/// The error that a start with these arguments ends in.
func refusal(
    _ arguments: [String],
    _ environment: KeyValuePairs<String, String> = [:],
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> LaunchError {
    try #require(throws: LaunchError.self, sourceLocation: sourceLocation) {
        try request(arguments, environment)
    }
}
