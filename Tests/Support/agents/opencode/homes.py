"""Several conversations of one directory in OpenCode's own store."""

import json

from agents.opencode import double, store
from doubles.conversations import ODD, seconds
from doubles.fixture_maker import killed

folder = ".local/share/opencode"
decoys = ("sub-agent", "archived", "nothing said")


def put(home, directory, text, number, what=None):
    key = f"ses_f045f6bfffff{number:014d}"
    more = {"sub-agent": {"parent": "ses_f045f6bfffffPPPPPPPPPPPPPP"}, "archived": {"archived": 1790928000000}}

    def work():
        database = double.Database(store.folder(home) / "opencode.db")
        texts = () if what == "nothing said" else (text,)
        store.talk(database, key, str(directory), seconds(number) * 1000, texts, **more.get(what, {}))
        if what == "unreadable":
            database.run("UPDATE part SET data = ? WHERE session_id = ? AND data LIKE '%' || ? || '%'",
                         (json.dumps({"type": "text", "text": ODD}), key, text))

    killed(work)
    return key
