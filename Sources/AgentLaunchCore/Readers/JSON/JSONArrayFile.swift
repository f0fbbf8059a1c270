/// A file with one object, one member of which is a long array: a conversation and its messages. The array's elements
/// are handed over one by one, so that memory stays bounded however long the conversation is.
struct JSONArrayFile {
    /// The other members that were asked for, as far as the text could be read.
    let members: JSONValue
    /// Whether the array was met.
    let hasArray: Bool
    /// Why the text ends before the object does; nil if the object is whole.
    let fault: JSONFault?

    /// Nil if there is no such file. `take` says whether it wants more.
    static func read(
        _ path: Path,
        array: String,
        _ fields: JSONFields,
        members: Set<String>,
        _ take: (JSONValue) -> Bool
    ) throws(StoreFailure) -> JSONArrayFile? {
        switch try StoreEntry.at(path) {
        case .absent: return nil
        case .file: break
        case .directory, .other:
            throw .damaged(path, "it is not a regular file", nextStep: "move it away")
        }
        guard let feed = try reading(path, try ByteFeed.document(path)) else { return nil }
        var elements = JSONElements(feed, array: array, fields, members: members)
        do throws(JSONFault) {
            while let element = try elements.next() {
                if !take(element) { break }
            }
            // The programs that write such files read them strictly.
            let fault: JSONFault? = elements.isPadded ? .malformed : nil
            return JSONArrayFile(elements, fault)
        } catch {
            if case .unreadable(let cause) = error { throw StoreFailure(path, cause) }
            return JSONArrayFile(elements, error)
        }
    }

    private init(_ elements: JSONElements, _ fault: JSONFault?) {
        members = .object(elements.members)
        hasArray = elements.hasArray
        self.fault = fault
    }
}

extension JSONFault {
    /// One clause about a file.
    var clause: String {
        switch self {
        case .torn: "it is cut off"
        case .malformed: "it is not valid JSON"
        case .unreadable(let cause): "it cannot be read (\(cause))"
        }
    }
}
