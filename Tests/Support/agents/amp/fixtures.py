"""Makes the project's own Amp homes in `Tests/Fixtures/amp`."""

import json

from agents.amp.double import legacy
from doubles.fixture_maker import WORKDIR, Cases

case = Cases("amp")
OURS, OTHER = "T-019a0000-0000-7000-8000-000000000001", "T-019a0000-0000-7000-8000-000000000002"
AT = 1790000000000


def left(home, key=OURS, directory=WORKDIR, texts=("Explain the parser.",), change=lambda value: None, name=None,
         text=lambda data: data, folder=".local/share/amp", **more):
    value = legacy(key, directory, texts, **more)
    change(value)
    path = home / folder / "threads" / (name or f"{key}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text(json.dumps(value, indent=2).encode()))
    return path


@case("cold")
def last_thread_only(home):
    """session.json's pointer is the account's, of whatever directory, and so is the older file's"""
    data, state = home / ".local/share/amp", home / ".local/state/amp"
    data.mkdir(parents=True)
    state.mkdir(parents=True)
    (data / "session.json").write_text(json.dumps({"lastThreadId": OURS, "lastThreadByTerminal": {"x": {"lastThreadId": OURS}}}))
    (data / "history.jsonl").write_text(json.dumps({"text": "do the task", "cwd": WORKDIR}) + "\n")
    (state / "last-thread-id").write_text(OURS)


@case("cold")
def other_directory(home):
    """another directory's thread"""
    left(home, directory="/home/coder/other")


@case("cold")
def directories_like_ours(home):
    """above, below, with our path as a beginning: none is ours"""
    for number, path in enumerate(["/home/coder", WORKDIR + "/sub", WORKDIR + "-2", "/home/coder/Project"]):
        left(home, OURS[:-1] + str(number), path)


@case("cold")
def names_that_are_no_ids(home):
    """no name but an id's reaches a command line"""
    for name in ("--last.json", "T---last.json", OURS[2:] + ".json", OURS.replace("a", "A") + ".json", OURS + "x.json",
                 "t" + OURS[1:] + ".json"):
        left(home, name=name)


@case("cold")
def copies_with_other_endings(home):
    """an editor's and a sync's copies are no threads"""
    for name in (OURS + ".json.tmp", OURS + ".json~", OURS):
        left(home, name=name)


@case("cold")
def nothing_said(home):
    """threads without a message"""
    left(home, texts=())
    left(home, OTHER, texts=())


@case("unknown")
def cut(home):
    """a copy that was cut among the messages of this directory's thread"""
    left(home, text=lambda data: data[:-200])


@case("unknown")
def cut_before_its_directory(home):
    """a copy that was cut before it names a directory"""
    left(home, directory="/home/coder/other", text=lambda data: data[:150])


@case("cold")
def cut_and_another_directorys(home):
    """it is cut, but names another directory"""
    left(home, directory="/home/coder/other", text=lambda data: data[:-200])


@case("unknown")
def empty_file(home):
    """a file of 0 bytes"""
    left(home, text=lambda data: b"")


@case("unknown")
def zeros_behind(home):
    """NULs behind the object"""
    left(home, text=lambda data: data + bytes(512))


@case("unknown")
def named_for_another(home):
    """its id is not the one that it is named for"""
    left(home, change=lambda value: value.update(id=OTHER))


@case("unknown")
def messages_of_another_form(home):
    """messages is no list"""
    left(home, change=lambda value: value.update(messages={"0": value["messages"][0]}))


@case("unknown")
def roles_of_another_form(home):
    """messages of which nobody known is the author"""
    def change(value):
        for message in value["messages"]:
            message["role"] = "agent"

    left(home, change=change)


@case("unknown")
def nothing_names_a_directory(home):
    """a conversation that may be ours"""
    left(home, change=lambda value: value.update(env={}))


@case("unknown")
def threads_is_a_file(home):
    """something else stands where the threads should be"""
    (home / ".local/share/amp").mkdir(parents=True)
    (home / ".local/share/amp/threads").write_text("")


@case("unknown")
def dangling_link(home):
    """the volume with the threads is not mounted"""
    (home / ".local/share/amp").mkdir(parents=True)
    (home / ".local/share/amp/threads").symlink_to("/nowhere/threads")


@case("cold", environment={"XDG_DATA_HOME": "$HOME/data"})
def another_folder_named(home):
    """XDG_DATA_HOME names the folder: what is in the usual one is not looked at"""
    left(home)


@case("warm", ids=[OURS], environment={"XDG_DATA_HOME": "$HOME/data"})
def folder_named(home):
    """XDG_DATA_HOME"""
    left(home, folder="data/amp")


@case("warm", ids=[OURS])
def newest_by_what_is_inside(home):
    """the newest is the one in which something was said last"""
    left(home, OURS, at=AT + 60_000)
    left(home, OTHER, at=AT)


@case("warm", ids=[OURS])
def second_tree(home):
    """a thread of several folders, ours among them, its path not written with percent signs"""
    def change(value):
        value["env"]["initial"]["trees"].insert(0, {"displayName": "x", "uri": "file:///home/coder/other"})

    left(home, change=change, quoted=False)


@case("warm", ids=[OURS])
def killed_before_the_answer(home):
    """the prompt is there, its answer is not"""
    left(home, answered=False)


if __name__ == "__main__":
    case.main()
