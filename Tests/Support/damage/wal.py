"""Write-ahead logs and rollback journals taken apart and put together again (sqlite.org/fileformat2)."""

import struct

HEADER, FRAME = 32, 24


def page_size(database):
    size = int.from_bytes(database[16:18], "big")
    return 65536 if size == 1 else size


def checksum(data, seed, big):
    first, second = seed
    words = struct.unpack(f"{'>' if big else '<'}{len(data) // 4}I", data)
    for a, b in zip(words[::2], words[1::2]):
        first = (first + a + second) & 0xFFFFFFFF
        second = (second + b + first) & 0xFFFFFFFF
    return first, second


def header_fits(wal):
    """The header's own magic, page size and checksum; not whose it is."""
    if len(wal) < HEADER:
        return False
    magic, version, size = struct.unpack(">III", wal[:12])
    if magic & ~1 != 0x377F0682 or version != 3007000:
        return False
    if not (512 <= size <= 65536 and size & (size - 1) == 0):
        return False
    return checksum(wal[:24], (0, 0), magic & 1) == struct.unpack(">II", wal[24:32])


def frames(wal):
    """Offsets of whole frames, by the page size that the header names."""
    size = int.from_bytes(wal[8:12], "big")
    return list(range(HEADER, len(wal) - (FRAME + size) + 1, FRAME + size)) if size else []


def valid_frames(wal):
    """(offset, page, commit size) of the frames that salts and running checksum accept."""
    if not header_fits(wal):
        return []
    big, size = wal[3] & 1, int.from_bytes(wal[8:12], "big")
    seed, found = struct.unpack(">II", wal[24:32]), []
    for offset in frames(wal):
        frame = wal[offset:offset + FRAME]
        if frame[8:16] != wal[16:24]:
            break
        seed = checksum(frame[:8], seed, big)
        seed = checksum(wal[offset + FRAME:offset + FRAME + size], seed, big)
        if seed != struct.unpack(">II", frame[16:24]):
            break
        found.append((offset, *struct.unpack(">II", frame[:8])))
    return found


def after_last_commit(wal):
    """Where the last accepted commit ends: what follows is a torn tail."""
    end, size = HEADER, int.from_bytes(wal[8:12], "big")
    for offset, _, commit in valid_frames(wal):
        if commit:
            end = offset + FRAME + size
    return end


def sign(wal, salts=None):
    """The same log with right checksums, and new salts if given; frames of older salts stay odd."""
    wal = bytearray(wal)
    old, big, size = bytes(wal[16:24]), wal[3] & 1, int.from_bytes(wal[8:12], "big")
    if salts is not None:
        wal[16:24] = salts
    seed = checksum(bytes(wal[:24]), (0, 0), big)
    wal[24:32] = struct.pack(">II", *seed)
    for offset in frames(wal):
        if wal[offset + 8:offset + 16] != old:
            if salts is not None:  # what an earlier generation left: its salt is one less
                wal[offset + 8:offset + 16] = bytes([salts[0] ^ 1]) + salts[1:]
            continue
        wal[offset + 8:offset + 16] = wal[16:24]
        seed = checksum(bytes(wal[offset:offset + 8]), seed, big)
        seed = checksum(bytes(wal[offset + FRAME:offset + FRAME + size]), seed, big)
        wal[offset + 16:offset + 24] = struct.pack(">II", *seed)
    return bytes(wal)


def sign_index(shm, wal):
    """The shared memory of a log that was signed anew: its salts, the last frame's checksum, its own."""
    count = int.from_bytes(shm[16:20], "little")
    if not count:
        return shm
    last = HEADER + (count - 1) * (FRAME + int.from_bytes(wal[8:12], "big"))
    sums = struct.pack("<II", *struct.unpack(">II", wal[last + 16:last + 24]))
    head = shm[:24] + sums + wal[16:24]
    head += struct.pack("<II", *checksum(head, (0, 0), False))
    return head + head + shm[96:]


def renonce(journal, size, nonce):
    """The same rollback journal with another nonce: seeds then repeat byte for byte."""
    journal, at = bytearray(journal), 0
    while journal[at:at + 8] == b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7":  # one header a sync
        count, old, _, sector = struct.unpack(">IIII", journal[at + 8:at + 24])
        journal[at + 12:at + 16] = nonce.to_bytes(4, "big")
        record = at + sector
        for _ in range(count):
            where = slice(record + 4 + size, record + 8 + size)
            value = int.from_bytes(journal[where], "big")
            journal[where] = ((value - old + nonce) & 0xFFFFFFFF).to_bytes(4, "big")
            record += 8 + size
        at = -(-record // sector) * sector
    return bytes(journal)
