"""Makes the project's own Gemini homes in `Tests/Fixtures/gemini`."""

import json

from agents.gemini.chats import digest, stamp
from doubles.fixture_maker import WORKDIR, Cases

case = Cases("gemini")
AT = 1790928000  # 2026-10-02T08:00:00Z
OURS, OTHER = "3f2b8c1e-5d44-4c0f-9a11-0c7a5b1e2d3f", "9d0e7a52-1111-4222-8333-444455556666"


def gemini(home):
    return home / ".gemini"


def folder(home, name="project", owner=WORKDIR, registered=True):
    """A project's folder with its owner file and its entry."""
    made = gemini(home) / "tmp" / name
    (made / "chats").mkdir(parents=True, exist_ok=True)
    if owner is not None:
        (made / ".project_root").write_text(owner)
    if registered:
        registry = gemini(home) / "projects.json"
        projects = json.loads(registry.read_text())["projects"] if registry.exists() else {}
        registry.write_text(json.dumps({"projects": {**projects, owner or WORKDIR: name}}, indent=2))
    return made


def head(key=OURS, at=AT, directory=WORKDIR, **more):
    return {"sessionId": key, "projectHash": digest(directory), "startTime": stamp(at), "lastUpdated": stamp(at),
            "kind": "main", **more}


def user(text, number=1, at=AT):
    return {"id": f"u{number}", "timestamp": stamp(at), "type": "user", "content": [{"text": text}]}


def answer(text, number=1, at=AT, **more):
    return {"id": f"g{number}", "timestamp": stamp(at), "type": "gemini", "content": text, **more}


TALK = [user("fix it"), answer("Done."), {"$set": {"lastUpdated": stamp(AT + 5)}}]


def write(place, lines, key=OURS, at=AT, ending="jsonl"):
    name = f"session-{stamp(at)[:16].replace(':', '-')}-{key[:8]}.{ending}"
    data = lines if isinstance(lines, bytes) else b"".join(
        line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
    (place / "chats" / name).write_bytes(data)


@case("cold")
def opened_and_killed(home):
    """the metadata line is written before the first message: unusable both ways, so another id is taken"""
    write(folder(home), [head()])


@case("cold")
def context_only(home):
    """what the agent itself put in front of a first message is nothing that was said"""
    write(folder(home), [head(), user("<session_context>\nToday is Friday.\n</session_context>"),
                         user("<hook_context>x</hook_context>", 2), user("  \n", 3), user("?", 4)])


@case("cold")
def subagent_only(home):
    """a sub-agent's conversation is nobody's"""
    write(folder(home), [head(kind="subagent"), *TALK])


@case("cold")
def subagents_in_their_folder(home):
    """chats/<parent>/<id>.jsonl is not listed"""
    place = folder(home)
    (place / "chats" / OURS).mkdir()
    (place / "chats" / OURS / f"{OTHER}.jsonl").write_text("".join(json.dumps(x) + "\n" for x in [head(OTHER), *TALK]))


@case("cold")
def owner_file_wins_over_the_registry(home):
    """the registry says that this folder is ours, its owner file that it is another directory's"""
    place = folder(home)
    (place / ".project_root").write_text("/home/coder/elsewhere")
    write(place, [head(), *TALK])


@case("warm", [OURS])
def owner_file_against_a_stale_entry(home):
    """the registry names another folder than the one with our owner file"""
    write(folder(home, "project-1", registered=False), [head(), *TALK])
    folder(home, "project", "/home/coder/elsewhere", registered=False)
    (gemini(home) / "projects.json").write_text(json.dumps({"projects": {WORKDIR: "project"}}))


@case("unknown")
def owner_and_registry_lost(home):
    """nothing names the folder, and its conversations began in this directory: Gemini may claim it"""
    write(folder(home, owner=None, registered=False), [head(), *TALK])


@case("cold")
def anothers_folder_that_nothing_names(home):
    """its conversations began in another directory"""
    write(folder(home, owner=None, registered=False), [head(directory="/home/coder/elsewhere"), *TALK])


@case("cold")
def other_directory(home):
    """the same base name elsewhere"""
    write(folder(home, owner="/home/coder/elsewhere/project"), [head(directory="/home/coder/elsewhere/project"), *TALK])


@case("cold")
def old_folder_of_another_directory(home):
    """before 0.29: the digest of another path"""
    place = gemini(home) / "tmp" / digest("/home/coder/elsewhere")
    (place / "chats").mkdir(parents=True)
    write(place, json.dumps({**head(directory="/home/coder/elsewhere"), "messages": TALK[:2]}).encode(), ending="json")


@case("unknown")
def message_torn(home):
    """the only message is torn: Gemini passes over it, and would delete the file"""
    write(folder(home), [head(), json.dumps(user("fix it")).encode()[:-9]])


@case("unknown")
def message_of_null(home):
    """JSON and no object, where the only message stood"""
    write(folder(home), [head(), b"null\n"])


@case("unknown")
def metadata_with_a_byte_order_mark(home):
    """no parser of Gemini's takes the first line then: the conversation does not exist for it"""
    write(folder(home), [b"\xef\xbb\xbf" + json.dumps(head()).encode() + b"\n", *TALK])


@case("unknown")
def nothing_but_nuls(home):
    """as a crash of the machine leaves a file"""
    write(folder(home), bytes(512))


@case("cold")
def file_of_zero_bytes(home):
    """nothing was ever written"""
    write(folder(home), b"")


@case("unknown")
def id_like_a_flag(home):
    """an id that Gemini does not make reaches no command line, and may be this directory's conversation"""
    write(folder(home), [head("--yolo-1234567"), *TALK], "--yolo-1234567")


@case("unknown")
def rewound_beyond_what_is_there(home):
    """an id that is not there clears everything for Gemini; nobody asked for that"""
    write(folder(home), [head(), *TALK, {"$rewindTo": "gone"}, answer("/", 9) | {"type": "info"}])


@case("warm", [OURS])
def rewound_and_gone_on(home):
    """after the rewind something else was said"""
    write(folder(home), [head(), *TALK, {"$rewindTo": "u1"}, user("something else", 2), answer("Done.", 2)])


@case("warm", [OURS])
def messages_replaced(home):
    """a $set of messages replaces all of them; the same id again replaces one"""
    write(folder(home), [head(), user("/help"), {"$set": {"messages": [user("fix it", 7)]}}, answer("", 8),
                         answer("Done.", 8)])


@case("cold")
def message_replaced_by_nothing(home):
    """the same id again replaces: nothing is left"""
    write(folder(home), [head(), user("fix it"), user("", 1)])


@case("warm", [OURS])
def answered_with_tools_only(home):
    """an answer without text that used a tool is something"""
    write(folder(home), [head(), answer("", toolCalls=[{"id": "t", "name": "shell", "status": "success"}])])


@case("warm", [OURS])
def torn_tail(home):
    """a torn last line is passed over"""
    write(folder(home), [head(), *TALK, json.dumps(answer("More.", 2)).encode()[:-20]])


@case("warm", [OTHER])
def broken_one_beside(home):
    """a session that cannot be read beside one that can"""
    place = folder(home)
    write(place, [b'{"sessionId":"3f2b', b"\n", *TALK])
    write(place, [head(OTHER, AT + 90), *TALK], OTHER, AT + 90)


@case("warm", [OURS], environment={"GEMINI_CLI_HOME": "$HOME/elsewhere"})
def the_other_home(home):
    """GEMINI_CLI_HOME is above .gemini"""
    write(folder(home / "elsewhere"), [head(), *TALK])


@case("cold", environment={"GEMINI_CLI_HOME": "$HOME/elsewhere"})
def another_home(home):
    """GEMINI_CLI_HOME names another store"""
    write(folder(home), [head(), *TALK])


@case("unknown")
def store_that_is_no_folder(home):
    """tmp is a file: nothing can be said"""
    gemini(home).mkdir()
    (gemini(home) / "tmp").write_text("garbage")


@case("cold")
def checkpoint_only(home):
    """what /chat save keeps is no session"""
    place = folder(home)
    (place / "checkpoint-mine.json").write_text(json.dumps([{"role": "user", "parts": [{"text": "fix it"}]}]))


@case("unknown")
def nuls_after_the_first_line(home):
    """as a crash of the machine leaves a log whose last lines never reached the disk"""
    write(folder(home), [head(), bytes(512)])


@case("unknown")
def image_only(home):
    """a message without text: Gemini lists no conversation for it, and would delete the file"""
    part = {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}
    write(folder(home), [head(), user("x") | {"content": [part]}])


@case("unknown")
def messages_replaced_by_none(home):
    """an empty list of messages: some releases keep the old ones then"""
    write(folder(home), [head(), *TALK, {"$set": {"messages": []}}])


if __name__ == "__main__":
    case.main()
