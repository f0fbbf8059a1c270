"""Makes the project's own OpenCode homes in `Tests/Fixtures/opencode`."""

import os

from agents.opencode.store import AT, OTHER, OURS, folder, left, legacy, talk
from doubles.fixture_maker import WORKDIR, Cases

case = Cases("opencode")


@case("unknown")
def id_like_a_flag(home):
    """an id that OpenCode does not make reaches no command line, and may be this directory's conversation"""
    left(home, lambda d: talk(d, "--fork"))


@case("cold")
def without_messages(home):
    """a session that nobody spoke to: -s would open it, and drop the prompt"""
    left(home, lambda d: d.session(WORKDIR, AT, OURS))


@case("cold")
def children_of_an_archived_session(home):
    """sub-agents' sessions have messages and this directory, and are nobody's conversation"""
    def work(d):
        talk(d, archived=AT + 5000)
        talk(d, OTHER, parent=OURS, at=AT + 1000)

    left(home, work)


@case("warm", ids=[OURS])
def child_newer_than_its_parent(home):
    """the parent counts, however much later the sub-agent spoke"""
    def work(d):
        talk(d)
        talk(d, OTHER, parent=OURS, at=AT + 60000)

    left(home, work)


@case("warm", ids=[OTHER])
def archived_newer_than_the_other(home):
    """an archived session is not chosen"""
    def work(d):
        talk(d, archived=AT + 90000, at=AT + 60000)
        talk(d, OTHER)

    left(home, work)


@case("warm", ids=[OURS])
def newest_by_the_last_message(home):
    """the last activity counts, not when it began"""
    def work(d):
        talk(d, texts=("one", "two", "three", "four"))
        talk(d, OTHER, at=AT + 1500)

    left(home, work)


@case("unknown")
def table_of_messages_missing(home):
    """a schema that is not known: an older or newer store, or a damaged one"""
    def work(d):
        talk(d)
        d.run("DROP TABLE part")
        d.run("DROP TABLE message")

    left(home, work)


@case("unknown")
def column_of_directories_renamed(home):
    """a newer schema in which the directory cannot be read"""
    def work(d):
        talk(d)
        d.run("ALTER TABLE session RENAME COLUMN directory TO location")

    left(home, work)


@case("warm", ids=[OURS])
def newer_schema(home):
    """tables and columns that are not known do no harm"""
    def work(d):
        talk(d)
        d.run("ALTER TABLE session ADD COLUMN mood text NOT NULL DEFAULT 'calm'")
        d.run("ALTER TABLE message ADD COLUMN weight real")
        d.run("CREATE TABLE harbour (id text PRIMARY KEY)")

    left(home, work)


@case("unknown")
def log_without_its_database(home):
    """the copy lost the database and kept its write-ahead log"""
    left(home, talk, keep=("-wal",))


@case("unknown")
def log_lost_and_its_index_left(home):
    """a copy without the write-ahead log: what was in it is not known"""
    left(home, talk, keep=("", "-shm"))


@case("unknown")
def log_lost_with_every_table(home):
    """all tables were in the log that is lost"""
    left(home, talk, keep=("",), tables_in_log=True)


@case("cold")
def directories_like_ours(home):
    """no directory counts but this one: not its parent, not one in it, not one whose name only begins like it"""
    def work(d):
        for number, path in enumerate(["/home/coder", WORKDIR + "/sub", WORKDIR + "2", "/", "home/coder/project"]):
            talk(d, f"ses_f045f6bffffe{number:014d}", path)

    left(home, work)


@case("unknown")
def messages_of_garbage(home):
    """OpenCode stumbles over messages that are no JSON"""
    def work(d):
        talk(d)
        d.run("UPDATE message SET data = 'x' || data")

    left(home, work)


@case("warm", ids=[OURS])
def torn_tail_after_our_session(home):
    """the crash cut a later transaction: evidence, no doubt"""
    def work(d):
        talk(d)
        d.run("COMMIT")
        d.run("BEGIN")
        talk(d, OTHER, "/home/coder/other")

    path = left(home, work)
    os.truncate(f"{path}-wal", os.stat(f"{path}-wal").st_size - 500)


@case("unknown")
def is_a_directory(home):
    """something else stands where the database should be"""
    (folder(home) / "opencode.db/x").mkdir(parents=True)
    (folder(home) / "opencode.db/x/.keep").touch()


@case("unknown")
def dangling_link(home):
    """the volume with the database is not mounted"""
    folder(home).mkdir(parents=True)
    (folder(home) / "opencode.db").symlink_to("/nowhere/opencode.db")


@case("cold")
def login_only(home):
    """logged in, never used"""
    folder(home).mkdir(parents=True)
    (folder(home) / "auth.json").write_text('{"x": {"type": "api", "key": "fixture-not-a-key"}}')


@case("cold", environment={"OPENCODE_DB": "mine.db"})
def another_database_named(home):
    """OPENCODE_DB names a database that is not there yet: the usual one does not count"""
    left(home, talk)


@case("warm", ids=[OURS], environment={"OPENCODE_DB": "mine.db"})
def database_named_in_the_folder(home):
    """OPENCODE_DB is relative to the data folder"""
    left(home, talk, name="mine.db")
    left(home, lambda d: talk(d, OTHER, at=AT + 90000))


@case("warm", ids=[OURS], environment={"OPENCODE_DB": "$HOME/elsewhere/mine.db"})
def database_named_by_its_path(home):
    """OPENCODE_DB is absolute"""
    left(home, talk, name=str(home / "elsewhere/mine.db"))


@case("cold", environment={"OPENCODE_DB": ":memory:"})
def database_in_memory(home):
    """nothing is kept beyond the process, and the usual database is not used"""
    left(home, talk)


@case("warm", ids=[OURS], environment={"XDG_DATA_HOME": "$HOME/data"})
def data_folder_moved(home):
    """XDG_DATA_HOME"""
    left(home, talk, name=str(home / "data/opencode/opencode.db"))
    left(home, lambda d: talk(d, OTHER, at=AT + 90000))


@case("cold")
def legacy_child_only(home):
    """a sub-agent's session, before 1.2"""
    legacy(home, parentID=OTHER)


@case("cold")
def legacy_archived(home):
    """an archived session, before 1.2"""
    legacy(home, time={"archived": AT + 9000})


@case("cold")
def legacy_without_messages(home):
    """a session that nobody spoke to, before 1.2"""
    legacy(home, messages=0)


@case("cold")
def legacy_of_another_directory(home):
    """the files of every directory are in one folder"""
    legacy(home, directory="/home/coder/other")


@case("unknown")
def legacy_session_torn(home):
    """nobody can tell which directory it belongs to"""
    legacy(home)
    [file] = (folder(home) / "storage/session/global").iterdir()
    os.truncate(file, 90)


@case("cold")
def legacy_beside_a_database_without_it(home):
    """OpenCode imports the old files only where there is no database: it would not find this session"""
    legacy(home)
    left(home, lambda d: talk(d, OTHER, "/home/coder/other"))


@case("warm", ids=[OTHER])
def legacy_newest_of_two(home):
    """by the last activity"""
    legacy(home)
    legacy(home, OTHER, messages=3)


if __name__ == "__main__":
    case.main()
