"""What can happen to files that hold one JSON object each, one stratum at a time. Each takes and gives a home."""

from dataclasses import dataclass

from .bytes_edits import flip, overwrite


@dataclass(frozen=True)
class Store:
    folder: str
    """Part of the path of its files."""
    keys: list
    """What the agent's reader decides by."""

    def has(self, name):
        return self.folder in f"/{name}" and name.endswith(".json")


def _pick(draw, home, store):
    names = sorted(name for name in home if store.has(name))
    name = draw.choice(names)
    return name, home[name]


def cut(draw, home, store):
    name, data = _pick(draw, home, store)
    way = draw.randrange(3)
    if way == 0:
        return {**home, name: data[:draw.randrange(len(data) + 1)]}
    if way == 1:
        return {**home, name: data[:len(data) - draw.randint(1, min(300, len(data) or 1))]}
    at = draw.randrange(len(data) + 1)  # a hole
    return {**home, name: data[:at] + data[at + draw.randint(1, 400):]}


def deciding_key(draw, home, store):
    name, data = _pick(draw, home, store)
    present = [key for key in store.keys if key in data]
    if not present:
        return {**home, name: flip(draw, data)}
    key = draw.choice(present)
    if draw.random() < 0.3:  # every one of them
        return {**home, name: data.replace(key, key[:2] + b"_" + key[3:])}
    at = data.index(key, draw.randrange(data.rindex(key) + 1))
    if draw.random() < 0.5:
        return {**home, name: flip(draw, data, at, at + len(key) + 40)}
    value = draw.choice([b"null,", b"7,", b'"",', b"[],", b"{},", b"[[]],", b"true,"])
    return {**home, name: data[:at] + key[:key.index(b":") + 1] + value + b'"x":' + data[at + key.index(b":") + 1:]}


def bits(draw, home, store):
    name, data = _pick(draw, home, store)
    for _ in range(draw.choice([1, 1, 2, 8])):
        data = flip(draw, data)
    return {**home, name: data}


def block(draw, home, store):
    name, data = _pick(draw, home, store)
    return {**home, name: overwrite(draw, data, longest=draw.choice([64, 512, 4096]))}


def nul_bytes(draw, home, store):
    name, data = _pick(draw, home, store)
    nul = bytes(draw.choice([1, 3, 512, 4096]))
    at = draw.choice([0, len(data), len(data), draw.randrange(len(data) + 1)])
    return {**home, name: data[:at] + nul + data[at:]}


def strings(draw, home, store):
    """Inside a string: bytes that are not UTF-8, half a pair, a control character."""
    name, data = _pick(draw, home, store)
    places = [n for n in range(2, len(data)) if data[n - 2:n] == b':"']
    if not places:
        return {**home, name: flip(draw, data)}
    at = draw.choice(places)
    what = draw.choice([b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82", b"\\ud83d", b"\\udc00", b"\t", b"\\q",
                        "é".encode(), b"\\u0000"])
    return {**home, name: data[:at] + what + data[at:]}


def files(draw, home, store):
    """Whole files: lost, empty, of something else, under another's name."""
    name, data = _pick(draw, home, store)
    way = draw.randrange(5)
    rest = {other: content for other, content in home.items() if other != name}
    if way == 0:
        return rest
    if way == 1:
        return {**rest, name: draw.choice([b"", b"\n", b"{}", b"null", b"[]", b"garbage", b"<html></html>"])}
    if way == 2:
        other, content = _pick(draw, home, store)
        return {**home, name: content, other: data}
    if way == 3:
        return {**rest, name[:-6] + draw.choice("0123456789abcdef") + ".json": data}
    return {**home, name: data + data}


def strata(store):
    def mutation(change):
        return lambda draw, home, bases: change(draw, home, store)

    def fits(home):
        return any(store.has(name) for name in home)

    return {
        change.__name__.replace("_", "-"): (mutation(change), fits)
        for change in (cut, deciding_key, bits, block, nul_bytes, strings, files)
    }
