"""What can happen to an SQLite store, one stratum at a time. Each takes and gives a home.

`strata(stores, marks, words)` is for an agent whose databases have these paths, whose rows of this directory hold
these marks, and whose contents hold these words.
"""

from . import wal as log
from .bytes_edits import flip, number, overwrite, put

_HEADER_FIELDS = [(0, 16), (16, 2), (18, 1), (19, 1), (20, 1), (21, 1), (22, 1), (23, 1), (24, 4),
                  (28, 4), (32, 4), (36, 4), (40, 4), (44, 4), (48, 4), (52, 4), (56, 4), (60, 4),
                  (92, 4), (96, 4), (100, 1), (101, 2), (103, 2), (105, 2)]


def _edit_frames(draw, wal, low, high):
    """Damage between two offsets, in frame headers and in pages."""
    size = int.from_bytes(wal[8:12], "big") + log.FRAME
    starts = [at for at in log.frames(wal) if low <= at < high] or [low]
    at = draw.choice(starts)
    way = draw.randrange(7)
    if way == 0:
        return flip(draw, wal, at, at + log.FRAME)
    if way == 1:
        return flip(draw, wal, at + log.FRAME, at + size)
    if way == 2:
        return overwrite(draw, wal, at, min(high, at + 3 * size), 5000)
    if way == 3:
        return wal[:at + draw.choice([0, 0, 1, log.FRAME, size // 2, size - 1])]
    if way == 4:  # page number or commit size, then signed: a lie with a right checksum
        return log.sign(put(wal, at + draw.choice([0, 4]), number(draw, 4)))
    if way == 5:
        return wal[:at] + wal[at + size:]
    other = draw.choice(starts)
    return put(wal, at, wal[other:other + size])


class _Damage:
    def __init__(self, stores, marks, words):
        self.stores, self.marks, self.words = stores, marks, words

    def there(self, home, suffix=""):
        return [store for store in self.stores if store in home and store + suffix in home]

    def one(self, draw, home, suffix=""):
        stores = self.there(home, suffix)
        return stores[0] if len(stores) == 1 else draw.choice(stores)

    def like(self, store, home):
        """The files of some database of another home, under this one's names."""
        other = (self.there(home) or [store])[0]
        found = {store + suffix: home[other + suffix] for suffix in ("", "-wal", "-shm", "-journal")
                 if other + suffix in home}
        return {store: b"", **found}

    def database_header(self, draw, home, _):
        store = self.one(draw, home)
        data = home[store]
        way = draw.randrange(5)
        if way < 2:
            at, size = draw.choice(_HEADER_FIELDS)
            data = put(data, at, number(draw, size) if size <= 4 else draw.randbytes(size))
        elif way == 2:
            data = flip(draw, data, 0, 100)
        elif way == 3:
            data = overwrite(draw, data, 0, 100, 100)
        else:
            data = data[:draw.choice([0, 1, 15, 16, 50, 99, 100, 512, 4095, 4096, len(data) // 2])]
        return {**home, store: data}

    def _edit_page(self, draw, page):
        way = draw.randrange(6)
        if way == 0:
            return flip(draw, page)
        if way == 1:
            return overwrite(draw, page, longest=400)
        if way == 2:  # kind of page, cells, their pointers
            return overwrite(draw, page, 0, 40, 6)
        if way == 3:
            mark = draw.choice(self.marks)
            return page.replace(mark, mark[:-1] + draw.choice([b"x", b"0", b"\xff", b"\0"]))
        if way == 4:
            return draw.choice([bytes(len(page)), draw.randbytes(len(page)), b"\xff" * len(page)])
        mark = draw.choice(self.words)
        return page.replace(mark, mark[::-1])

    def sessions_pages(self, draw, home, _):
        """In the database and, signed again so that it counts, in the log."""
        store = self.one(draw, home)
        home, size = dict(home), log.page_size(home[store])
        places = [
            (store, at) for at in range(0, len(home[store]), size)
            if any(mark in home[store][at:at + size] for mark in self.marks)
        ]
        wal = home.get(store + "-wal", b"")
        places += [
            (store + "-wal", at + log.FRAME) for at, page, _ in log.valid_frames(wal)
            if page != 1 and any(mark in wal[at:at + log.FRAME + size] for mark in self.marks)
        ]
        for name, at in draw.sample(places, min(len(places), draw.randint(1, 3))):
            page = self._edit_page(draw, home[name][at:at + size])
            home[name] = put(home[name], at, page)
        if wal and draw.random() < 0.9:
            home[store + "-wal"] = log.sign(home[store + "-wal"])
        return home

    def wal_header(self, draw, home, _):
        name = self.one(draw, home, "-wal") + "-wal"
        wal = home[name]
        way = draw.randrange(6)
        if way == 0:
            wal = flip(draw, wal, 0, 32)
        elif way == 1:
            wal = put(wal, draw.choice([0, 4, 8, 12, 16, 20, 24, 28]), number(draw, 4))
        elif way == 2:
            wal = overwrite(draw, wal, 0, 32, 32)
        elif way == 3 and len(wal) >= 32:  # salts of another log, its header in order
            wal = put(wal, 16, draw.randbytes(8))
            wal = put(wal, 24, b"".join(n.to_bytes(4, "big") for n in log.checksum(wal[:24], (0, 0), wal[3] & 1)))
        elif way == 4:
            wal = wal[:draw.choice([0, 1, 8, 31, 32, 33, 55, 56])]
        else:
            wal = bytes(32) + wal[32:]
        return {**home, name: wal}

    def frames_before_commit(self, draw, home, _):
        name = self.one(draw, home, "-wal") + "-wal"
        wal = home[name]
        return {**home, name: _edit_frames(draw, wal, log.HEADER, log.after_last_commit(wal))}

    def frames_after_commit(self, draw, home, _):
        """A tail that no commit covers: damaged where there is one, else made up."""
        name = self.one(draw, home, "-wal") + "-wal"
        wal = home[name]
        end, size = log.after_last_commit(wal), int.from_bytes(wal[8:12], "big") + log.FRAME
        if len(wal) >= end + size and draw.random() < 0.7:
            return {**home, name: _edit_frames(draw, wal, end, len(wal))}
        frame = wal[end - size:end]
        tail = draw.choice([
            draw.randbytes(draw.randint(1, 3 * size)), bytes(draw.randint(1, 2 * size)),
            frame[:draw.randint(1, size)], frame * 2, put(frame, 4, bytes(4)),
            put(frame, 8, draw.randbytes(8)),
        ])
        wal = wal[:end] + tail
        if draw.random() < 0.3 and len(tail) >= size:
            signed = put(wal, end + 4, bytes(4))  # whole and signed, but no commit
            wal = log.sign(signed)
        return {**home, name: wal}

    def sidecar_swap(self, draw, home, bases):
        store, home = self.one(draw, home), dict(home)
        other = self.like(store, bases[draw.choice(sorted(bases))])
        wal, shm, journal = store + "-wal", store + "-shm", store + "-journal"
        sidecars = [name for name in (wal, journal) if name in home] or [wal]
        name, way = draw.choice(sidecars), draw.randrange(9)
        if way == 0:
            home.pop(name, None)
        elif way == 1:
            home[name] = b""
        elif way == 2:
            home[wal] = other.get(wal, b"")
        elif way == 3:
            home[journal] = other.get(journal) or draw.choice([b"", draw.randbytes(700), bytes(512)])
        elif way == 4:
            home[shm] = other.get(shm) or draw.choice([b"", bytes(32768), draw.randbytes(32768)])
        elif way == 5:
            home.pop(shm, None)
        elif way == 6:
            home[store] = draw.choice([other[store], b"", home[store][:4096]])
        elif way == 7:
            for suffix in (wal, shm):
                home.pop(suffix, None)
        else:  # the shared memory stays, the log is gone
            home.pop(wal, None)
            home[shm] = bytes(32768)
        return home

    def rollback_journal(self, draw, home, _):
        name = self.one(draw, home, "-journal") + "-journal"
        journal = home[name]
        sector = 512
        data = draw.choice([
            flip(draw, journal, 0, 28), overwrite(draw, journal, 0, 28, 28), flip(draw, journal, sector),
            overwrite(draw, journal, sector, longest=5000), journal[:draw.randrange(len(journal))],
            put(journal, 8, number(draw, 4)), put(journal, 16, number(draw, 4)), b"",
        ])
        return {**home, name: data}


def strata(stores, marks, words):
    """stratum -> (mutation, which homes it fits)"""
    damage = _Damage(stores, marks, words)

    def has(suffix=""):
        return lambda home: bool(damage.there(home, suffix))

    return {
        "database-header": (damage.database_header, has()),
        "session-pages": (damage.sessions_pages, has()),
        "wal-header": (damage.wal_header, has("-wal")),
        "frames-before-commit": (damage.frames_before_commit, has("-wal")),
        "frames-after-commit": (damage.frames_after_commit, has("-wal")),
        "sidecar-swap": (damage.sidecar_swap, has()),
        "rollback-journal": (damage.rollback_journal, has("-journal")),
    }
