"""Several conversations of one directory in Aider's own store.

One history of a directory, that of the project; those of names are agentlaunch's own.
"""

from agents.aider import fixtures

# A message is lines of text: what cannot be decoded is the file (3.4).
is_unreadable_as_a_whole = True


def put(home, directory, text, number, what=None):
    file = directory / fixtures.NAME
    file.unlink(missing_ok=True)
    if what == "nothing said":
        fixtures.History(file).start()
    else:
        fixtures.talk(file, text)
    if what == "unreadable":
        file.write_bytes(file.read_bytes().replace(b"anything", b"\xff\xfe\xff"))
    return str(file)
