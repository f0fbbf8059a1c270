import Glibc

/// A terminal's size in characters and, where known, in pixels.
struct WindowSize: Equatable, Sendable {
    var columns: UInt16 = 80
    var rows: UInt16 = 24
    var pixelWidth: UInt16 = 0
    var pixelHeight: UInt16 = 0

    /// The descriptor's terminal; nil if it is none or does not know its size.
    init?(of descriptor: Int32) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return nil
        }
        self.init(
            columns: size.ws_col,
            rows: size.ws_row,
            pixelWidth: size.ws_xpixel,
            pixelHeight: size.ws_ypixel
        )
    }

    init(columns: UInt16 = 80, rows: UInt16 = 24, pixelWidth: UInt16 = 0, pixelHeight: UInt16 = 0) {
        self.columns = columns
        self.rows = rows
        self.pixelWidth = pixelWidth
        self.pixelHeight = pixelHeight
    }

    var kernelValue: winsize {
        winsize(ws_row: rows, ws_col: columns, ws_xpixel: pixelWidth, ws_ypixel: pixelHeight)
    }

    /// Gives the terminal this size; the kernel tells its foreground group by SIGWINCH.
    func apply(to descriptor: Int32) {
        var size = kernelValue
        _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
    }
}
