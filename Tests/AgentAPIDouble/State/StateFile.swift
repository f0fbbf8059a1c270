import Foundation

struct Message: Codable, Equatable {
    enum Role: String, Codable {
        case user
        case agent
    }

    var id: Int
    var message: String
    var role: Role
    var time: String
}

/// agentapi's state file: messages and the prompt, never the agent's own session.
struct StateFile {
    struct Content: Codable {
        var version: Int
        var messages: [Message]?
        // As in the file.
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var initial_prompt: String?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var initial_prompt_sent: Bool?
    }

    struct Failure: Error {
        let message: String
    }

    let path: String

    /// nil: there is none.
    func load() throws(Failure) -> Content? {
        let bytes: [UInt8]
        do {
            guard let found = try readFile(path) else { return nil }
            bytes = found
        } catch {
            throw Failure(message: "failed to open state file: \(error)")
        }
        guard let content = try? JSONDecoder().decode(Content.self, from: Data(bytes)) else {
            throw Failure(message: "failed to unmarshal state (corrupted or invalid JSON)")
        }
        guard content.version == 1 else {
            throw Failure(message: "unsupported state file version \(content.version) (expected 1)")
        }
        return content
    }

    func save(messages: [Message], prompt: String, promptSent: Bool) throws(Failure) {
        let entries = messages.map { message in
            JSONText.object([
                ("id", .number(message.id)), ("message", .text(message.message)),
                ("role", .text(message.role.rawValue)), ("time", .text(message.time)),
            ])
        }
        let content = JSONText.object([
            ("version", .number(1)), ("messages", .list(entries)), ("initial_prompt", .text(prompt)),
            ("initial_prompt_sent", .boolean(promptSent)),
        ])
        let temporary = path + ".tmp"
        do {
            try makeFolders(folder(of: path), mode: 0o700)
            let bytes = Array((content.written(escapingMarkup: true) + "\n").utf8)
            try writeFile(temporary, bytes, mode: 0o600, synchronized: true)
            guard RawText.with(temporary, { old in RawText.with(path) { rename(old, $0) } }) == 0 else {
                throw FileFailure("rename", path)
            }
        } catch {
            _ = RawText.with(temporary) { unlink($0) }
            throw Failure(message: "failed to save state: \(error)")
        }
    }
}
