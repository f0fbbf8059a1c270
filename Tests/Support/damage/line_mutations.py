"""What can happen to a file of JSON lines, one stratum at a time. Each takes and gives a home.

`keys`: what the agent's reader decides by: who spoke, in which directory, whose file it is.
"""


from .bytes_edits import flip, overwrite


def _pick(draw, home):
    """A transcript, with its lines."""
    name = draw.choice(sorted(name for name in home if name.endswith(".jsonl")))
    return name, home[name].splitlines(keepends=True)


def _hurt(draw, line):
    way = draw.randrange(8)
    if way == 0:
        return flip(draw, line)
    if way == 1:
        return overwrite(draw, line, longest=300)
    if way == 2:
        return line[:draw.randrange(len(line) + 1)]
    if way == 3:
        return b""
    if way == 4:
        return draw.choice([b"\n", b"{}\n", b"null\n", b"[]\n", b"7\n", b"garbage\n", b"{\n"])
    if way == 5:
        return line.rstrip(b"\n")  # runs into the next
    if way == 6:
        return draw.choice([b" ", b"\xef\xbb\xbf", b"\n\n", b"\t", b"x"]) + line
    return line.replace(b'"', b"'", draw.randint(1, 4))


def first_line(draw, home, keys):
    name, lines = _pick(draw, home)
    if lines:
        lines[0] = _hurt(draw, lines[0])
    return {**home, name: b"".join(lines)}


def deciding_line(draw, home, keys):
    """One or more of the lines that hold what is decided by; sometimes every one of them."""
    name, lines = _pick(draw, home)
    where = [n for n, line in enumerate(lines) if any(key in line for key in keys)]
    if not where:
        return first_line(draw, home, keys)
    many = draw.choice([1, 1, 2, len(where)])
    for number in draw.sample(where, min(many, len(where))):
        line = lines[number]
        present = [key for key in keys if key in line]
        if draw.random() < 0.5:
            key = draw.choice(present)
            at = line.index(key)
            if draw.random() < 0.5:
                line = flip(draw, line, at, at + len(key) + 40)
            else:
                line = line.replace(key, key[:2] + b"_" + key[3:])
        else:
            line = _hurt(draw, line)
        lines[number] = line
    return {**home, name: b"".join(lines)}


def tail(draw, home, keys):
    name, lines = _pick(draw, home)
    data = b"".join(lines)
    way = draw.randrange(5)
    if way == 0:
        data = data[:draw.randrange(len(data) + 1)]
    elif way == 1:
        data = data[:len(data) - draw.randint(1, min(400, len(data) or 1))]
    elif way == 2:
        data += draw.choice([b"{", b'{"type":"user"', b"\n\n\n", draw.randbytes(200), b'"'])
    elif way == 3 and lines:
        data = b"".join(lines[:-1]) + _hurt(draw, lines[-1])
    else:
        data = overwrite(draw, data, max(0, len(data) - 600), longest=600)
    return {**home, name: data}


def _insert_in_string(draw, line, what):
    """Inside a string, after a quote and a colon: a value, not a key."""
    places = [n for n in range(2, len(line)) if line[n - 2:n] == b':"']
    if not places:
        return line
    at = draw.choice(places)
    return line[:at] + what + line[at:]


def _some_lines(draw, home, change):
    name, lines = _pick(draw, home)
    if not lines:
        return {**home, name: change(b'{"type":"user","cwd":"/"}\n')}
    for number in {0, *draw.sample(range(len(lines)), min(len(lines), 3))}:
        if draw.random() < 0.7:
            lines[number] = change(lines[number])
    return {**home, name: b"".join(lines)}


def lone_surrogates(draw, home, keys):
    escape = draw.choice([rb"\ud83d", rb"\udc00", rb"\uD800x", rb"\udfff\ud800", rb"\ud83d\n"])
    return _some_lines(draw, home, lambda line: _insert_in_string(draw, line, escape))


def nul_bytes(draw, home, keys):
    nul = bytes(draw.choice([1, 3, 512, 4096]))
    if draw.random() < 0.4:
        name, lines = _pick(draw, home)
        return {**home, name: b"".join(lines) + nul}

    def change(line):
        at = draw.choice([0, len(line), max(0, len(line) - 1), draw.randrange(len(line) + 1)])
        return line[:at] + nul + line[at:]

    return _some_lines(draw, home, change)


def deep_nesting(draw, home, keys):
    depth = draw.choice([100, 127, 128, 129, 600, 5000, 20_000, 100_000])
    open_, close = draw.choice([(b"[", b"]"), (b'{"a":', b"}")])
    value = open_ * depth + (b"1" + close * depth if draw.random() < 0.7 else b"")

    def change(line):
        if draw.random() < 0.5 or b"{" not in line:
            return value + b"\n" + line
        at = line.index(b"{") + 1
        return line[:at] + b'"deep":' + value + b"," + line[at:]

    return _some_lines(draw, home, change)


def invalid_utf8(draw, home, keys):
    bad = draw.choice([b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", b"\x80"])
    if draw.random() < 0.6:
        return _some_lines(draw, home, lambda line: _insert_in_string(draw, line, bad))

    def change(line):
        at = draw.randrange(len(line) + 1)
        return line[:at] + bad + line[at:]

    return _some_lines(draw, home, change)


def _always(home):
    return True


def strata(keys):
    def mutation(function):
        return lambda draw, home, bases: function(draw, home, keys)

    return {
        function.__name__.replace("_", "-"): (mutation(function), _always)
        for function in (first_line, deciding_line, tail, lone_surrogates, nul_bytes, deep_nesting, invalid_utf8)
    }
