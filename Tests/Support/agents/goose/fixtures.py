"""Makes the project's own Goose homes in `Tests/Fixtures/goose`."""

import os

from agents.goose import damaged_fixtures  # noqa: F401  (which are cases too)
from agents.goose.states import NAME, case, closed, left, legacy, legacy_lines
from doubles.fixture_maker import WORKDIR


@case("cold")
def own_name_in_another_directory(folder):
    """another directory's session of our very name"""
    closed(folder, lambda s: s.session("20261002_1", directory="/home/coder/other"))


@case("cold")
def directory_with_our_prefix(folder):
    """the directory begins like ours"""
    closed(folder, lambda s: s.session("20261002_1", name="x", directory=WORKDIR + "-2"))


@case("cold")
def directory_above(folder):
    """the session of the directory above is not ours"""
    closed(folder, lambda s: s.session("20261002_1", name="x", directory="/home/coder"))


@case("cold")
def sub_agent_only(folder):
    """a sub-agent's conversation is nobody's"""
    closed(folder, lambda s: s.session("20261002_1", kind="sub_agent"))


@case("cold")
def hidden_only(folder):
    """a hidden session is looked up by nobody"""
    closed(folder, lambda s: s.session("20261002_1", kind="hidden"))


@case("cold")
def acp_only(folder):
    """an editor's session"""
    closed(folder, lambda s: s.session("20261002_1", name="ACP Session", kind="acp"))


@case("cold")
def scheduled_under_another_name(folder):
    """a scheduled session is found by name only, never adopted"""
    closed(folder, lambda s: s.session("20261002_1", name="nightly", kind="scheduled"))


@case("cold")
def archived_under_another_name(folder):
    """an archived session is found by name only, never adopted"""
    closed(folder, lambda s: s.session("20261002_1", name="old", archived="2026-10-03 08:00:00"))


@case("cold", ids=["20261002_1"])
def own_name_without_messages(folder):
    """the row was written and goose ended before the prompt came: reused"""
    closed(folder, lambda s: s.session("20261002_1", messages=0))


@case("cold", ids=["20261002_2"])
def empty_second_try(folder):
    """the first try is another directory's, the second is empty"""
    def work(store):
        store.session("20261002_1", directory="/home/coder/other")
        store.session("20261002_2", name=NAME + "-2", messages=0)

    closed(folder, work)


@case("cold")
def messages_without_a_session(folder):
    """the session was deleted, its messages were not"""
    closed(folder, lambda s: s.message("20261002_1", "user", "do the task"))


@case("unknown")
def message_with_a_strange_role(folder):
    """goose cannot load a message that is neither a user's nor an assistant's"""
    closed(folder, lambda s: s.session("20261002_1", roles=("uset", "uset")))


@case("unknown")
def id_like_a_flag(folder):
    """an id that must not reach a command line"""
    closed(folder, lambda s: s.session("--fork"))


@case("unknown")
def dangling_link(folder):
    """the volume that holds the store is not mounted"""
    folder.mkdir(parents=True)
    (folder / "sessions.db").symlink_to("/home/coder/volume-that-is-not-there/sessions.db")


@case("cold")
def legacy_of_another_directory(folder):
    """an old file that names another directory"""
    legacy(folder, "old", legacy_lines("/home/coder/other"))


@case("cold", ids=[NAME])
def legacy_without_messages(folder):
    """metadata only, under our own name: goose imports a row without messages"""
    legacy(folder, NAME, legacy_lines(messages=()))


@case("unknown")
def legacy_with_a_torn_first_line(folder):
    """it may be this directory's"""
    lines = legacy_lines()
    legacy(folder, "old", [lines[0][:30], *lines[1:]])


@case("warm", ids=["20261002_1"])
def own_name(folder):
    """the ordinary case, everything still in the log"""
    left(folder, lambda s: s.session("20261002_1"))


@case("warm", ids=["20261002_2"])
def second_try_counts(folder):
    """of the tries that can be resumed the highest, though the first is newer"""
    def work(store):
        store.session("20261002_1", at="2026-10-05 08:00:00")
        store.session("20261002_2", name=NAME + "-2", at="2026-10-02 08:00:00")

    left(folder, work)


@case("warm", ids=["20261002_1"])
def own_name_archived(folder):
    """by name goose takes an archived session too"""
    closed(folder, lambda s: s.session("20261002_1", archived="2026-10-03 08:00:00"))


@case("warm", ids=["20261002_1"])
def torn_tail_after_our_session(folder):
    """the crash cut a later transaction: evidence, no doubt"""
    def work(store):
        store.session("20261002_1")
        store.session("20261002_2", name="x")

    left(folder, work)
    path = folder / "sessions.db-wal"
    os.truncate(path, path.stat().st_size - 500)


if __name__ == "__main__":
    case.main()
