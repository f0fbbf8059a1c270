/// What agentapi's state file holds: `{version, messages: [{id, role, message, time}], initial_prompt,
/// initial_prompt_sent}`. Tens of MB are read with one message in memory.
struct SavedChat: Equatable, Sendable {
    enum Reading: Equatable, Sendable {
        case absent
        case chat(SavedChat)
        /// agentapi could not load it either; why, as a clause.
        case unusable(String)
    }

    /// A prompt that agentapi would send as soon as it has loaded this. A run that was given no prompt is saved as
    /// "not sent" too; then there is nothing to send.
    var hasUnsentPrompt = false
    /// Somebody has said something: without that it is one screen of the agent.
    var hasUserMessage = false
    /// The last message is somebody's. agentapi takes no other one until the agent's screen shows something that it
    /// did not show before, which may be never (lib/screentracker/pty_conversation.go, statusLocked).
    var isUnanswered = false

    static func read(_ path: Path) -> Reading {
        do throws(Errno) {
            guard let feed = try ByteFeed.document(path) else { return .absent }
            var reader = elements(feed)
            var chat = SavedChat()
            do throws(JSONFault) {
                while let message = try reader.next() {
                    chat.isUnanswered = message["role"]?.text == "user"
                    if chat.isUnanswered { chat.hasUserMessage = true }
                }
            } catch {
                if case .unreadable(let cause) = error { throw cause }
                return .unusable(error == .torn ? "it is cut off" : "it is not valid JSON")
            }
            let members = JSONValue.object(reader.members)
            guard members["version"]?.integer == 1 else { return .unusable("its version is not 1") }
            let isSent = members["initial_prompt_sent"]?.flag ?? false
            chat.hasUnsentPrompt = !isSent && (members["initial_prompt"] ?? .null).isSomeText
            return .chat(chat)
        } catch {
            return .unusable(error.description)
        }
    }

    /// Whether `new` goes on where `old` ends: all of its messages come first, in order. The last one may have
    /// changed, as the agent's screen did.
    static func isContinued(_ old: Path, by new: Path) -> Bool {
        guard case .chat = read(new), let oldFeed = (try? ByteFeed.document(old)) ?? nil,
            let newFeed = (try? ByteFeed.document(new)) ?? nil
        else { return false }
        var (before, after) = (elements(oldFeed), elements(newFeed))
        do throws(JSONFault) {
            var old = try before.next()
            while let message = old {
                guard let same = try after.next() else { return false }
                old = try before.next()
                guard message["id"] == same["id"], message["role"] == same["role"] else { return false }
                if old != nil, message["message"] != same["message"] { return false }
            }
            return true
        } catch {
            return false
        }
    }

    private static func elements(_ feed: ByteFeed) -> JSONElements {
        JSONElements(
            feed,
            array: "messages",
            ["id", "role", "message"],
            members: ["version", "initial_prompt", "initial_prompt_sent"],
            JSONLimits(string: 16 << 20, total: 32 << 20)
        )
    }
}

extension JSONValue {
    fileprivate var isSomeText: Bool { self == .tooLarge || text?.isEmpty == false }
}
