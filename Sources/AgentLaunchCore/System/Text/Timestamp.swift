import Glibc

/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
struct Timestamp: Hashable, Comparable, Sendable {
    var milliseconds: Int64

    static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// By the machine's clock.
    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: time.milliseconds)
    }

    /// Reads RFC 3339 (`2026-11-21T02:14:57.123Z`, `+02:00`) and SQLite's `2026-11-21 02:14:57`, which is UTC.
    init?(_ text: String) {
        var digits = Substring(text).utf8
        func number(_ count: Int) -> Int64? {
            let part = digits.prefix(count)
            guard part.count == count, part.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
            digits = digits.dropFirst(count)
            return part.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }
        func skip(_ allowed: String) -> Bool {
            guard let next = digits.first, allowed.utf8.contains(next) else { return false }
            digits = digits.dropFirst()
            return true
        }
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2),
            1...12 ~= month, 1...31 ~= day, skip("T t"),
            let hour = number(2), skip(":"), let minute = number(2), skip(":"), let second = number(2)
        else { return nil }
        var fraction: Int64 = 0
        if skip(".") {
            var scale: Int64 = 100
            while let digit = number(1) {
                fraction += digit * scale
                scale /= 10
            }
        }
        var offset: Int64 = 0
        if let sign = digits.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            digits = digits.dropFirst()
            guard let hours = number(2) else { return nil }
            _ = skip(":")
            guard let minutes = number(2) else { return nil }
            offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "+") ? 1 : -1)
        } else {
            _ = skip("Zz")
        }
        guard digits.isEmpty else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        milliseconds = ((days * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1000 + fraction
    }

    /// RFC 3339 in UTC, with milliseconds only where there are some.
    var rfc3339: String {
        let days = floorDivide(milliseconds, 86_400_000)
        let rest = milliseconds - days * 86_400_000
        let (year, month, day) = Self.date(days)
        func pad(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { pad($0, 2) }
        let fraction = rest % 1000 == 0 ? "" : "." + pad(rest % 1000, 3)
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(clock.joined(separator: ":"))\(fraction)Z"
    }

    // The proleptic Gregorian calendar counted from 1 March, so that the leap day is the year's last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1
        )
    }
}

private func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : (a - b + 1) / b }
