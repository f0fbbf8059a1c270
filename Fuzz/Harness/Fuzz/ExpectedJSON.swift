@testable import AgentLaunchCore

/// What is asked for, as a list of paths that are compared word by word.
struct Wanted {
    var paths: [[String]]
    var isEverything = false

    static let everything = Wanted(paths: [], isEverything: true)

    var keepsScalar: Bool { isEverything || paths.contains([]) }
    var isNothing: Bool { !isEverything && paths.isEmpty }

    var fields: JSONFields {
        isEverything ? .everything : JSONFields(paths.map { $0.joined(separator: ".") })
    }

    /// Nil if the member is not wanted.
    func member(_ name: Bytes) -> Wanted? {
        if isEverything { return self }
        for key in [name, Bytes("*".utf8)] {
            let found = paths.filter { $0.first.map { Bytes($0.utf8) } == key }
            if !found.isEmpty { return Wanted(paths: found.map { Array($0.dropFirst()) }) }
        }
        return nil
    }
}

/// Whether the scanner kept what it should have of a value. `isCut`: under small limits anything may be too large,
/// but nothing may be wrong.
func agrees(
    _ kept: JSONValue,
    _ value: NaiveJSON.Value,
    _ wanted: Wanted,
    depth: Int = 0,
    isCut: Bool = false
) -> Bool {
    if kept == .tooLarge {
        if isCut || depth >= 64 { return true }
        if case .number(let text) = value { return wanted.keepsScalar && text.count > 64 }
        return false
    }
    switch value {
    case .null: return kept == .null
    case .bool(let flag): return kept == (wanted.keepsScalar ? .bool(flag) : .null)
    case .number(let text):
        guard wanted.keepsScalar else { return kept == .null }
        return kept == .number(text.lossyText) && text.count <= 64
    case .string(let text):
        guard wanted.keepsScalar else { return kept == .null }
        // Swift's == would take another spelling of the same character for equal.
        return kept.text.map { $0.utf8.elementsEqual(text.lossyText.utf8) } == true
    case .array(let elements):
        guard let found = kept.elements else { return false }
        if wanted.isNothing { return found.isEmpty }
        return found.count == elements.count
            && zip(found, elements).allSatisfy { agrees($0, $1, wanted, depth: depth + 1, isCut: isCut) }
    case .object(let members):
        guard let found = kept.members else { return false }
        let expected = members.compactMap { member in
            wanted.member(member.name).map { (member.name.lossyText, member.value, $0) }
        }
        return found.count == expected.count
            && zip(found, expected).allSatisfy { found, expected in
                found.name.utf8.elementsEqual(expected.0.utf8)
                    && agrees(found.value, expected.1, expected.2, depth: depth + 1, isCut: isCut)
            }
    }
}

/// The bytes that a kept value stands for, reckoned as `JSONLimits.total` does.
func weight(_ value: JSONValue) -> Int {
    switch value {
    case .array(let elements): elements.reduce(64) { $0 + weight($1) }
    case .object(let members): members.reduce(64) { $0 + 64 + $1.name.utf8.count + weight($1.value) }
    case .string(let text): 64 + text.utf8.count
    case .null, .bool, .number, .tooLarge: 64
    }
}
