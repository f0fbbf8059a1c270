"""Amazon Q's stores in every state in which a stop can leave them; a home is {relative path: bytes}."""

from damage.q_bases import WORKDIR, Maker, key, q_store, values
from damage.sqlite_mutations import strata

STORE = ".local/share/amazon-q/data.sqlite3"


def _make(mode="DELETE"):
    return Maker(STORE, q_store.AMAZONQ, mode).others()


def bases():
    nowhere = "UPDATE conversations SET key = key || '/nowhere'"
    return {
        "plain": _make().put(5).files(),
        "long": _make().put(5, turns=60, tool=True).files(),
        "only-ours": Maker(STORE, q_store.AMAZONQ).put(5, turns=1).files(),
        "hot-update": _make().put(5, turns=4).spill(nowhere).files(),
        "hot-delete": _make().put(5).spill("DELETE FROM conversations").files(),
        "all-in-log": _make("WAL").put(5).files("a"),
        "row-in-log": _make("WAL").checkpoint().put(5, turns=9).files("b", ("", "-wal")),
        "restarted": _make("WAL").put(5).checkpoint("RESTART").put(6, "/srv").files("c"),
        "torn": _make("WAL").put(5).spill(nowhere).files("d"),
        "checkpointed": _make("WAL").put(5).checkpoint().files("e", ("",)),
        "nobodys-here": _make().files(),
        "cleared": _make().put(5, turns=0).files(),
    }


STRATA = {
    **strata([STORE], (WORKDIR.encode(), key(5).encode()),
             [b"history", b'{"', b"prompt", b"assistant", b"content", b"transcript"]),
    "values": (values(STORE, q_store.AMAZONQ),
               lambda home: home.get(STORE, b"")[18:19] == b"\1" and STORE + "-journal" not in home
               and WORKDIR.encode() + b"{" in home[STORE]),
}
