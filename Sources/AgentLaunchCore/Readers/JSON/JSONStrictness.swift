/// Whether a string holds an escape of half a surrogate pair: strict parsers refuse it, ours replaces it.
func hasLoneSurrogate(_ json: Bytes) -> Bool {
    func unit(_ index: Int) -> UInt16? {
        guard index + 6 <= json.count, json[index] == UInt8(ascii: "\\"), json[index + 1] == 0x75,
            let digits = json[(index + 2)..<(index + 6)].map({ $0 }).text
        else { return nil }
        return UInt16(digits, radix: 16)
    }
    var index = 0
    while index < json.count, let backslash = json[index...].firstIndex(of: UInt8(ascii: "\\")) {
        index = backslash + 2
        guard let high = unit(backslash) else { continue }
        index = backslash + 6
        if 0xdc00...0xdfff ~= high { return true }
        guard 0xd800...0xdbff ~= high else { continue }
        guard let low = unit(index), 0xdc00...0xdfff ~= low else { return true }
        index += 6
    }
    return false
}

/// Whether a text that our reader takes is one that a strict parser takes too: UTF-8 without a mark of its byte order
/// and without half a surrogate pair.
func isStrictText(_ json: Bytes) -> Bool {
    json.text != nil && !json.starts(with: [0xef, 0xbb, 0xbf] as Bytes) && !hasLoneSurrogate(json)
}
