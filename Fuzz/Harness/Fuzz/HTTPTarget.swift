@testable import AgentLaunchCore

/// Answers of a server: the same however they are cut into pieces, and never more than the limit.
enum HTTPTarget {
    private enum Result: Equatable {
        case answer(HTTPResponse)
        case failure(HTTPFailure)
    }

    private static let limit = 200

    static func run(_ bytes: Bytes) {
        let whole = read(bytes, bytes.count)
        for size in [1, 2 + bytes.count % 11] {
            let other = read(bytes, size)
            require(other == whole, "in pieces of \(size): \(other), whole: \(whole)")
        }
        if case .answer(let answer) = whole {
            require(answer.body.count <= limit, "\(answer.body.count) bytes of body")
            require(100..<600 ~= answer.status, "status \(answer.status)")
        }
    }

    private static func read(_ bytes: Bytes, _ size: Int) -> Result {
        var reader = HTTPResponseReader(limit: limit)
        var rest = bytes[...]
        do throws(HTTPFailure) {
            while !rest.isEmpty {
                if let answer = try reader.take(rest.prefix(size)) { return .answer(answer) }
                rest = rest.dropFirst(size)
            }
            return .answer(try reader.end())
        } catch {
            return .failure(error)
        }
    }
}
