"""What can happen to Aider's chat history, one stratum at a time. Each takes and gives a home."""

from .bytes_edits import flip, overwrite


def _pick(draw, home):
    name = draw.choice(sorted(name for name in home if "/chat" in name and name.endswith(".md")))
    return name, home[name]


def _said(lines):
    return [number for number, line in enumerate(lines) if line.startswith(b"#### ")]


def cut(draw, home, _):
    name, data = _pick(draw, home)
    if draw.random() < 0.5:
        return {**home, name: data[:draw.randrange(len(data) + 1)]}
    at = draw.randrange(len(data) + 1)
    return {**home, name: data[:at] + data[at + draw.randint(1, 400):]}


def deciding_line(draw, home, _):
    name, data = _pick(draw, home)
    lines = data.splitlines(keepends=True)
    where = _said(lines)
    if not where:
        return {**home, name: flip(draw, data)}
    for number in draw.sample(where, draw.choice([1, len(where)])):
        line = lines[number]
        lines[number] = draw.choice([
            flip(draw, line, 0, 8), line[:4], line[5:], b"> " + line, b" " + line, b"#" + line, line.rstrip(b"\n"),
            b"#### <blank>  \n", b"#### /exit  \n", b"####   \n", line[:-3] + b"\n", b""])
    return {**home, name: b"".join(lines)}


def lines(draw, home, _):
    name, data = _pick(draw, home)
    all_lines = data.splitlines(keepends=True)
    for _ in range(draw.choice([1, 3, 10])):
        if not all_lines:
            break
        at = draw.randrange(len(all_lines))
        way = draw.randrange(3)
        if way == 0:
            del all_lines[at]
        elif way == 1:
            all_lines.insert(draw.randrange(len(all_lines)), all_lines[at])
        else:
            all_lines[at] = draw.choice([b"\n", b"text\n", b"# note\n", b"> note\n", b"#### \n", b"####\n"])
    return {**home, name: b"".join(all_lines)}


def bits(draw, home, _):
    name, data = _pick(draw, home)
    for _ in range(draw.choice([1, 1, 2, 8])):
        data = flip(draw, data)
    return {**home, name: data}


def block(draw, home, _):
    name, data = _pick(draw, home)
    return {**home, name: overwrite(draw, data, longest=draw.choice([64, 512, 4096]))}


def encoding(draw, home, _):
    name, data = _pick(draw, home)
    if draw.random() < 0.2:
        return {**home, name: data.decode("utf-8", "replace").encode("utf-16")}
    at = draw.randrange(len(data) + 1)
    what = draw.choice([b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82", b"\x80", b"\0", bytes(512), "é".encode(),
                        b"\r", b"\x0b", b"\x1c", "\u2028".encode(), "\x85".encode(), b"\xef\xbb\xbf"])
    return {**home, name: data[:at] + what + data[at:]}


def files(draw, home, _):
    name, data = _pick(draw, home)
    way = draw.randrange(4)
    rest = {other: content for other, content in home.items() if other != name}
    if way == 0:
        return rest
    if way == 1:
        return {**rest, name: draw.choice([b"", b"\n", b"garbage", b"\xff\xfe", b"# aider chat started at now\n"])}
    folder = name[:name.rindex("/") + 1]
    if way == 2:
        return {**rest, folder + draw.choice(["chat.md", "chat-2.md", "chat-7.md", "chat-07.md", "chat.md~"]): data}
    return {**home, folder + "chat-9.md": data[:draw.randrange(len(data) + 1)]}


def _fits(home):
    return any("/chat" in name and name.endswith(".md") for name in home)


STRATA = {
    change.__name__.replace("_", "-"): (change, _fits)
    for change in (cut, deciding_line, lines, bits, block, encoding, files)
}
