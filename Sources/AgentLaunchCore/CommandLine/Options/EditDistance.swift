/// Damerau and Levenshtein's distance, each pair of neighbours swapped at most once: how many inserted,
/// deleted, replaced or swapped bytes lie between two words.
func editDistance(_ a: Bytes, _ b: Bytes) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i]
        row.reserveCapacity(b.count + 1)
        for j in 1...b.count {
            let replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
            var best = min(replaced, last[j] + 1, row[j - 1] + 1)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                best = min(best, beforeLast[j - 2] + 1)
            }
            row.append(best)
        }
        beforeLast = last
        last = row
    }
    return last[b.count]
}

/// The candidate that a mistyped word most likely meant, or nil if none is near: one that begins with the word,
/// else the one with the smallest distance, up to a third of the word. Capitals do not count.
func nearest(to word: Bytes, among candidates: [String]) -> String? {
    // Nobody misspells a name at this length, and the distance costs its square.
    guard !word.isEmpty, word.count <= 64 else { return nil }
    let word = small(word)
    let names = candidates.map { (name: $0, small: small(Bytes($0.utf8))) }
    if word.count >= 3,
        let longer = names.filter({ $0.small.starts(with: word) }).min(by: { $0.small.count < $1.small.count }
        )
    {
        return longer.name
    }
    let limit = max(1, word.count / 3)
    let ranked = names.map { (name: $0.name, distance: editDistance(word, $0.small)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= limit else { return nil }
    return best.name
}

private func small(_ word: Bytes) -> Bytes { word.map { 0x41...0x5a ~= $0 ? $0 | 0x20 : $0 } }
