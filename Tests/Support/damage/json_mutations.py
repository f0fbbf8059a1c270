"""What can happen to files that hold one JSON object each, one stratum at a time. Each takes and gives a home."""

from .bytes_edits import flip, overwrite

# What a reader decides by.
_KEYS = {
    "amp": [b'"id":', b'"messages":', b'"trees":', b'"uri":', b'"role":"user"', b'"role":"assistant"', b'"content":'],
    "auggie": [b'"sessionId":', b'"chatHistory":', b'"exchange":', b'"request_message":', b'"response_text":',
               b'"folder_root":', b'"workspace_folders":'],
}
_FOLDERS = {"amp": "/threads/", "auggie": "/sessions/"}


def _pick(draw, home, agent):
    names = sorted(name for name in home if _FOLDERS[agent] in f"/{name}" and name.endswith(".json"))
    name = draw.choice(names)
    return name, home[name]


def cut(draw, home, agent):
    name, data = _pick(draw, home, agent)
    way = draw.randrange(3)
    if way == 0:
        return {**home, name: data[:draw.randrange(len(data) + 1)]}
    if way == 1:
        return {**home, name: data[:len(data) - draw.randint(1, min(300, len(data) or 1))]}
    at = draw.randrange(len(data) + 1)  # a hole
    return {**home, name: data[:at] + data[at + draw.randint(1, 400):]}


def deciding_key(draw, home, agent):
    name, data = _pick(draw, home, agent)
    present = [key for key in _KEYS[agent] if key in data]
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


def bits(draw, home, agent):
    name, data = _pick(draw, home, agent)
    for _ in range(draw.choice([1, 1, 2, 8])):
        data = flip(draw, data)
    return {**home, name: data}


def block(draw, home, agent):
    name, data = _pick(draw, home, agent)
    return {**home, name: overwrite(draw, data, longest=draw.choice([64, 512, 4096]))}


def nul_bytes(draw, home, agent):
    name, data = _pick(draw, home, agent)
    nul = bytes(draw.choice([1, 3, 512, 4096]))
    at = draw.choice([0, len(data), len(data), draw.randrange(len(data) + 1)])
    return {**home, name: data[:at] + nul + data[at:]}


def strings(draw, home, agent):
    """Inside a string: bytes that are not UTF-8, half a pair, a control character."""
    name, data = _pick(draw, home, agent)
    places = [n for n in range(2, len(data)) if data[n - 2:n] == b':"']
    if not places:
        return {**home, name: flip(draw, data)}
    at = draw.choice(places)
    what = draw.choice([b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82", b"\\ud83d", b"\\udc00", b"\t", b"\\q",
                        "é".encode(), b"\\u0000"])
    return {**home, name: data[:at] + what + data[at:]}


def files(draw, home, agent):
    """Whole files: lost, empty, of something else, under another's name."""
    name, data = _pick(draw, home, agent)
    way = draw.randrange(5)
    rest = {other: content for other, content in home.items() if other != name}
    if way == 0:
        return rest
    if way == 1:
        return {**rest, name: draw.choice([b"", b"\n", b"{}", b"null", b"[]", b"garbage", b"<html></html>"])}
    if way == 2:
        other, content = _pick(draw, home, agent)
        return {**home, name: content, other: data}
    if way == 3:
        return {**rest, name[:-6] + draw.choice("0123456789abcdef") + ".json": data}
    return {**home, name: data + data}


def _fits(agent):
    return lambda home: any(_FOLDERS[agent] in f"/{name}" and name.endswith(".json") for name in home)


def strata(agent):
    return {
        change.__name__.replace("_", "-"): (change, _fits(agent))
        for change in (cut, deciding_key, bits, block, nul_bytes, strings, files)
    }
