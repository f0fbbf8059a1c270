"""Makes the project's own Amazon Q homes in `Tests/Fixtures/amazonq`."""

import datetime
import json
import os
import sqlite3

from doubles import q_store
from doubles.fixture_maker import WORKDIR, Cases, killed, without

case = Cases("amazonq")
ID = "0c1a1b4e-5d32-4e0e-9d5c-6b7a3f2e1d00"
AT = datetime.datetime(2026, 4, 23, 10, tzinfo=datetime.timezone.utc)


def place(home):
    """The database's path, its folder made."""
    folder = home / ".local/share/amazon-q"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "data.sqlite3"


def store(home, work=lambda run: None, kind=q_store.AMAZONQ):
    database = sqlite3.connect(place(home), isolation_level=None)
    q_store.make_tables(database.execute, kind)
    work(database.execute)
    database.close()


def talk(workdir=WORKDIR, token=ID, texts=("List the files.", "Now run the tests.")):
    return q_store.conversation([q_store.turn(workdir, text, at=AT) for text in texts], token)


def put(value, workdir=WORKDIR):
    """A row of this value, which may be anything."""
    value = json.dumps(value) if isinstance(value, dict) else value
    return lambda run: run("INSERT INTO conversations VALUES (?, ?)", (workdir, value))


@case("warm", ids=[ID])
def own_two_turns(home):
    """the ordinary case"""
    store(home, put(talk()))


@case("warm", ids=[ID])
def compacted(home):
    """a summary took the place of the first turns"""
    value = talk()
    value["history"] = value["history"][1:]
    value["latest_summary"] = ["The files were listed.", {}]
    store(home, put(value))


@case("warm", ids=[ID])
def tool_results_last(home):
    """what a tool gave is nobody's words, and its turn has no time"""
    turns = [q_store.turn(WORKDIR, "List the files.", at=AT, tool="execute_bash"), q_store.results(WORKDIR)]
    store(home, put(q_store.conversation(turns, ID)))


@case("warm", ids=[ID])
def newer_members(home):
    """what a later release adds to a conversation and to the database breaks nothing"""
    value = talk() | {"mcp_server_versions": {}, "user_turn_metadata": {"requests": []}, "added_later": [1]}

    def work(run):
        run("ALTER TABLE conversations ADD COLUMN added_later TEXT")
        run("INSERT INTO conversations (key, value) VALUES (?, ?)", (WORKDIR, json.dumps(value)))
        run("CREATE TABLE added_later (key TEXT)")

    store(home, work)


@case("warm", ids=[ID])
def in_the_log(home):
    """in WAL mode, the row in the log alone, as a killed process leaves it"""
    def work():
        database = sqlite3.connect(place(home), isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        q_store.make_tables(database.execute, q_store.AMAZONQ)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        put(talk())(database.execute)

    killed(work)
    without(place(home), "-shm")


@case("unknown")
def log_lost(home):
    """the log that held the row is gone, its shared memory is left"""
    in_the_log(home)
    without(place(home), "-wal")
    place(home).with_name("data.sqlite3-shm").write_bytes(bytes(32768))


@case("unknown")
def torn_value(home):
    """the value is cut: Amazon Q would begin anew without a word and overwrite it"""
    store(home, put(json.dumps(talk())[:-200]))


@case("unknown")
def member_missing(home):
    """without its range of turns the value is no conversation for Amazon Q's parser"""
    value = talk()
    del value["valid_history_range"]
    store(home, put(value))


@case("unknown")
def two_kinds_of_content(home):
    """a turn is of one kind; with two its parser gives up"""
    value = talk()
    value["history"][0]["user"]["content"]["ToolUseResults"] = {"tool_use_results": []}
    store(home, put(value))


@case("unknown")
def half_a_pair(home):
    """an escape of half a surrogate pair, which its parser refuses"""
    store(home, put(json.dumps(talk()).replace("List", "\\ud83d List", 1)))


@case("unknown")
def not_utf8(home):
    """a byte of the text is no UTF-8"""
    def work(run):
        value = json.dumps(talk()).encode().replace(b"List", b"\xffist", 1)
        run("INSERT INTO conversations VALUES (?, CAST(? AS TEXT))", (WORKDIR, value))

    store(home, work)


@case("unknown")
def value_is_a_blob(home):
    """the right bytes as a BLOB: Amazon Q asks for text"""
    store(home, put(json.dumps(talk()).encode()))


@case("unknown")
def nested_too_deep(home):
    """more brackets than its parser follows"""
    store(home, put(json.dumps(talk())[:-1] + ', "deep": ' + "[" * 200 + "]" * 200 + "}"))


@case("unknown")
def id_like_a_flag(home):
    """an id that Amazon Q does not make"""
    store(home, put(talk(token="--trust-all-tools")))


@case("unknown")
def column_missing(home):
    """a table of that name which is another one"""
    def work(run):
        run("DROP TABLE conversations")
        run("CREATE TABLE conversations (key TEXT PRIMARY KEY, state TEXT)")

    store(home, work)


@case("unknown")
def index_differs(home):
    """the index does not know the row: Amazon Q, which asks by the index, would overwrite or refuse it"""
    def work(run):
        put(talk())(run)
        put(talk("/x"), "/x")(run)

    store(home, work)
    path = place(home)
    run = sqlite3.connect(path).execute
    page = run("SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_conversations_1'").fetchone()[0]
    size = run("PRAGMA page_size").fetchone()[0]
    data = bytearray(path.read_bytes())
    start = (page - 1) * size
    content = data[start:start + size]
    assert WORKDIR.encode() in content
    data[start:start + size] = content.replace(WORKDIR.encode(), WORKDIR[:-1].encode() + b"_")
    path.write_bytes(data)


@case("unknown")
def truncated(home):
    """half of the database is gone"""
    store(home, lambda run: [put(talk(f"/d/{n}"), f"/d/{n}")(run) for n in range(40)] + [put(talk())(run)])
    path = place(home)
    os.truncate(path, path.stat().st_size // 2)


@case("unknown")
def is_a_directory(home):
    """a folder stands where the database belongs"""
    place(home).mkdir()
    (place(home) / ".keep").touch()


@case("unknown")
def dangling_link(home):
    """a volume that is not mounted"""
    place(home).symlink_to("/mnt/not-there/data.sqlite3")


@case("cold")
def signed_in_only(home):
    """somebody signed in, nobody talked"""
    store(home)


@case("cold")
def directory_below(home):
    """only a directory below has a row"""
    store(home, put(talk(WORKDIR + "/src"), WORKDIR + "/src"))


@case("cold")
def spelled_otherwise(home):
    """keys are compared as they are: a slash at the end, another case, a link's name are other directories"""
    store(home, lambda run: [put(talk(path), path)(run) for path in (
        WORKDIR + "/", WORKDIR.title(), "/home/coder/./project")])


@case("cold")
def cleared(home):
    """the conversation was cleared: Amazon Q does not resume it; that of another directory stays there"""
    value = talk() | {"history": [], "valid_history_range": [0, 0], "transcript": []}
    store(home, lambda run: [put(value)(run), put(talk("/srv"), "/srv")(run)])


@case("cold")
def before_conversations(home):
    """a release before 1.10 had no conversations; a newer one makes the table"""
    store(home, kind=q_store.BEFORE)


@case("cold", args=["--adopt", "match"])
def somebody_elses_here(home):
    """somebody's own conversation, which never had this task, is not taken for it (it is saved before the start)"""
    store(home, put(talk()))


if __name__ == "__main__":
    case.main()
