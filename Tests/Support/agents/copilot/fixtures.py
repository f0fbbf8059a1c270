"""Makes the project's own Copilot homes in `Tests/Fixtures/copilot`."""

import json

from agents.copilot.double import Session
from doubles.fixture_maker import WORKDIR, Cases

case = Cases("copilot")
AT = 1790928000  # 2026-10-02T08:00:00Z
OURS, OTHER, THIRD = (f"{digit * 8}-2222-4333-8444-555555555555" for digit in "123")


def state(home):
    return home / ".copilot/session-state"


def talk(home, key=OURS, directory=WORKDIR, at=AT, texts=("fix it",), answered=True):
    session = Session(state(home) / key, directory, at).open()
    for text in texts:
        session.begin(text)
        if answered:
            session.finish("Done.")
    return session


def lines(session, change):
    """Rewrites the transcript by a function from its lines to new ones."""
    session.file.write_bytes(b"".join(change(session.file.read_bytes().splitlines(keepends=True))))


@case("cold")
def opened_and_given_nothing(home):
    """the folder and its description are there from the process's start: no events.jsonl, nothing to resume"""
    Session(state(home) / OURS, WORKDIR, AT).open()


@case("cold")
def events_of_zero_bytes(home):
    """resuming it is refused as if it were not there"""
    Session(state(home) / OURS, WORKDIR, AT).open().file.touch()


@case("cold")
def events_of_blank_lines(home):
    """measured with 1.0.64: no session matches"""
    Session(state(home) / OURS, WORKDIR, AT).open().file.write_text("\n\n")


@case("cold")
def named_and_started_without_a_message(home):
    """resumable to the agent because it has a name, but nothing was said"""
    Session(state(home) / OURS, WORKDIR, AT).open("my work").start()


@case("unknown")
def torn_last_line(home):
    """one torn write makes every resume fail: exit 1, "Session file is corrupted" """
    session = talk(home)
    session.file.write_bytes(session.file.read_bytes()[:-30])


@case("unknown")
def garbage_in_the_middle(home):
    """any line that is no JSON, not only the last"""
    lines(talk(home), lambda found: found[:3] + [b"garbage\n"] + found[3:])


@case("unknown")
def null_in_the_middle(home):
    """valid JSON and no event: measured with 1.0.64, refused"""
    lines(talk(home), lambda found: found[:3] + [b"null\n"] + found[3:])


@case("unknown")
def first_line_lost(home):
    """it has to begin with session.start: measured with 1.0.64, refused"""
    lines(talk(home), lambda found: found[1:])


@case("unknown")
def event_without_its_time(home):
    """1.0.64 checks every event that it knows: measured, refused"""
    def change(found):
        event = json.loads(found[3])
        del event["timestamp"]
        return found[:3] + [json.dumps(event).encode() + b"\n"] + found[4:]

    lines(talk(home), change)


@case("unknown")
def nuls_between_the_lines(home):
    """NULs are passed over at the end only: measured with 1.0.64"""
    lines(talk(home), lambda found: found[:3] + [b"\0\0\0" + found[3]] + found[4:])


@case("warm", [OURS])
def nuls_at_the_end(home):
    """as a crash of the machine leaves them: 1.0.57 and newer resume"""
    session = talk(home)
    session.file.write_bytes(session.file.read_bytes() + bytes(512))


@case("cold")
def other_directory(home):
    """the agent's own --continue would take it; it would go back to its own directory"""
    talk(home, directory="/home/coder/elsewhere")


@case("cold")
def torn_in_another_directory(home):
    """its description names another directory: no reason to stop here"""
    session = talk(home, directory="/home/coder/elsewhere")
    session.file.write_bytes(session.file.read_bytes()[:-30])


@case("unknown")
def torn_without_a_description(home):
    """nothing tells whose it is"""
    session = talk(home)
    session.file.write_bytes(session.file.read_bytes()[:-30])
    (session.folder / "workspace.yaml").unlink()


@case("warm", [OURS])
def description_lost(home):
    """workspace.yaml decides nothing for the agent; the first event names the directory"""
    (talk(home).folder / "workspace.yaml").unlink()


@case("cold")
def moved_with_its_flag(home):
    """-C changes the directory of the description, and the agent goes there"""
    file = talk(home).folder / "workspace.yaml"
    file.write_text(file.read_text().replace(f"cwd: {WORKDIR}", "cwd: /home/coder/elsewhere"))


@case("cold")
def legacy_folder(home):
    """history-session-state/ is what an older start script looks for; today's releases do not read it"""
    folder = home / ".copilot/history-session-state"
    folder.mkdir(parents=True)
    (folder / f"session_{OURS}_1759392000000.json").write_text(
        json.dumps({"sessionId": OURS, "chatMessages": [{"role": "user", "content": "fix it"}]}))


@case("cold")
def legacy_flat_file(home):
    """session-state/<id>.jsonl: refused as a legacy transcript"""
    session = talk(home)
    session.file.rename(state(home) / f"{OURS}.jsonl")
    for file in (session.folder / "checkpoints/index.md", session.folder / "workspace.yaml"):
        file.unlink()
    (session.folder / "checkpoints").rmdir()
    session.folder.rmdir()


@case("cold", environment={"COPILOT_HOME": "$HOME/elsewhere"})
def another_home(home):
    """COPILOT_HOME names another store: this one is not this agent's"""
    talk(home)


@case("warm", [OURS], environment={"COPILOT_HOME": "$HOME/elsewhere"})
def the_other_home(home):
    """COPILOT_HOME is the store"""
    talk(home / "elsewhere")
    (home / "elsewhere/.copilot").rename(home / "other")
    (home / "elsewhere").rmdir()
    (home / "other").rename(home / "elsewhere")


@case("cold")
def index_only(home):
    """session-store.db is an index: it holds no session"""
    (home / ".copilot").mkdir()
    (home / ".copilot/session-store.db").write_bytes(b"SQLite format 3\0" + bytes(84))


@case("warm", [OURS])
def index_configuration_and_description_of_garbage(home):
    """none of them decides anything for the agent: measured, it resumes"""
    talk(home, OURS)
    for name in ("session-store.db", "config.json", f"session-state/{OURS}/workspace.yaml"):
        (home / ".copilot" / name).write_bytes(b"\x00\xffnothing of the kind" * 40)


@case("warm", [OTHER])
def newest_by_its_events(home):
    """not by the order of the folders"""
    talk(home, OURS)
    talk(home, OTHER, at=AT + 900)
    talk(home, THIRD, at=AT + 500)


@case("warm", [OURS])
def an_opened_one_beside(home):
    """a launch that sent nothing left a newer folder"""
    talk(home)
    Session(state(home) / OTHER, WORKDIR, AT + 900).open()


@case("cold")
def store_is_a_file(home):
    """a file of another name in the store is nobody's session"""
    state(home).mkdir(parents=True)
    (state(home) / "README").write_text("nothing\n")


@case("unknown")
def store_that_is_no_folder(home):
    """session-state is a file: nothing can be said"""
    (home / ".copilot").mkdir()
    state(home).write_text("garbage")


if __name__ == "__main__":
    case.main()
