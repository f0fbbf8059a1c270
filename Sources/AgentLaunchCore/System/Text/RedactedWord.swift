/// A mistyped word as an error may show it. A word that does not look like a name may be somebody's prompt,
/// and prompts are never written to a log.
func shown(_ word: Bytes) -> String {
    let isName = { (byte: UInt8) in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
    return !word.isEmpty && word.count <= 40 && word.allSatisfy(isName)
        ? word.lossyText : "<\(word.count) bytes>"
}
