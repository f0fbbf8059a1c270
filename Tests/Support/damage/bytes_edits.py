"""Small edits of a byte string, drawn by a seeded generator."""


def flip(draw, data, low=0, high=None):
    high = len(data) if high is None else min(high, len(data))
    if low >= high:
        return data
    data = bytearray(data)
    data[draw.randrange(low, high)] ^= 1 << draw.randrange(8)
    return bytes(data)


def overwrite(draw, data, low=0, high=None, longest=64):
    """A run of zeros, of ones, or of noise."""
    high = len(data) if high is None else min(high, len(data))
    if low >= high:
        return data
    at = draw.randrange(low, high)
    length = min(draw.randint(1, longest), high - at)
    filling = draw.choice([b"\0" * length, b"\xff" * length, draw.randbytes(length)])
    return data[:at] + filling + data[at + length:]


def put(data, at, value):
    return data[:at] + value + data[at + len(value):]


def number(draw, size):
    """A value that means something at the edges, big-endian."""
    top = (1 << 8 * size) - 1
    value = draw.choice([0, 1, 2, 3, top, top >> 1, draw.randint(0, top), draw.randint(0, 300)])
    return min(value, top).to_bytes(size, "big")
