import Glibc

/// Who holds a `flock` on a file.
///
/// The kernel's list is read, and the lock never tried: a test by `flock` would hold it for a moment, and whoever
/// wants it just then would be refused.
struct LockHolder {
    let path: Path
    var processes: Path = "/proc"

    init(_ path: Path) { self.path = path }

    /// The process that holds it; nil if none does.
    func holder() -> Int32? {
        guard let status = try? fileStatus(path) else { return nil }
        let lockers = lockers(of: status)
        guard !lockers.isEmpty else { return nil }
        if let locker = lockers.first(where: { isOpen(status, by: $0.pid) ?? $0.isSameDevice }) {
            return locker.pid
        }
        // Whoever locked it has ended and left it open to a child.
        let others = ((try? namesInDirectory(processes)) ?? []).compactMap { $0.text.flatMap { Int32($0) } }
        return others.first { isOpen(status, by: $0) == true }
    }

    /// `1: FLOCK  ADVISORY  WRITE 4711 fd:01:3080211 0 EOF`, one line for each lock.
    private func lockers(of status: stat) -> [(pid: Int32, isSameDevice: Bool)] {
        guard let text = contents(processes / "locks") else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count >= 6, words[1] == "FLOCK", let pid = Int32(words[4]), pid > 0 else {
                return nil
            }
            let place = words[5].split(separator: ":")
            guard place.count == 3, UInt64(place[2]) == UInt64(status.st_ino) else { return nil }
            let device = UInt64(status.st_dev)
            return (
                pid,
                UInt32(place[0], radix: 16) == major(device) && UInt32(place[1], radix: 16) == minor(device)
            )
        }
    }

    // The C macros of the same names; a device number is written in four parts.
    private func major(_ device: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: device >> 8 & 0xfff | device >> 32 & 0xffff_f000)
    }

    private func minor(_ device: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: device & 0xff | device >> 12 & 0xffff_ff00)
    }

    /// Nil if the process may not be looked into. File systems in layers give a device of their own to `stat` but
    /// not to the list of locks, hence this second look.
    private func isOpen(_ status: stat, by pid: Int32) -> Bool? {
        let folder = processes / String(pid) / "fd"
        do throws(Errno) {
            for name in try namesInDirectory(folder) {
                guard let open = try? fileStatus(folder / name) else { continue }
                if open.st_ino == status.st_ino, open.st_dev == status.st_dev { return true }
            }
            return false
        } catch {
            return error.code == EACCES || error.code == EPERM ? nil : false
        }
    }

    // Files of /proc have no size and are read to their end.
    private func contents(_ path: Path) -> String? {
        guard let file = try? ReadOnlyFile(path) else { return nil }
        var bytes: Bytes = []
        while let chunk = try? file.read(1 << 16, at: bytes.count) {
            bytes += chunk
            if chunk.count < 1 << 16 { break }
        }
        return bytes.lossyText
    }
}
