"""Makes the project's own Kiro homes in `Tests/Fixtures/kiro`."""

import json

from agents.kiro import engines
from agents.kiro.store import AT, HOUR, ID, OTHER, SESS, database, entry, flat, row, said, talk, workspace
from doubles import q_store
from doubles.fixture_maker import WORKDIR, Cases

case = Cases("kiro")


@case("warm", ids=[OTHER])
def own_newest_of_three_engines(home):
    """by the last activity, whatever the engine"""
    flat(home, talk())
    row(home, key=OTHER, at=AT + 2 * HOUR)
    workspace(home, said(), at=AT + HOUR)


@case("warm", ids=[SESS])
def v3_nested(home):
    """the third engine's, in its workspace's folder"""
    workspace(home, said())
    workspace(home, said(), "sess_" + OTHER, "/home/coder/other", AT + HOUR, "ffffffffffffffff")


@case("warm", ids=["cli_" + ID + "_a1B2c3D4"])
def v3_converted(home):
    """a session of the second engine that the third took over has a name of its own"""
    workspace(home, said(), "cli_" + ID + "_a1B2c3D4")


@case("warm", ids=[ID])
def v1_before_the_new_table(home):
    """an old release left it: the new one fills its table from the old, ids kept"""
    value = q_store.conversation([q_store.turn(WORKDIR, "fix it", at=AT)], ID)
    database(home, q_store.KIRO_LEGACY)("INSERT INTO conversations VALUES (?, ?)", (WORKDIR, json.dumps(value)))


@case("warm", ids=[OTHER])
def v2_rewound(home):
    """a fork by rewinding has a parent and is a person's own"""
    flat(home, talk())
    flat(home, talk(), OTHER, at=AT + HOUR, parent_session_id=ID, session_created_reason="rewind")


@case("warm", ids=[ID])
def v2_lines_that_are_skipped(home):
    """a torn line between others, one of a later release, one cut at the end"""
    folder = flat(home, [entry("Prompt", "fix it"), entry("LaterKind"), entry("AssistantMessage", "Done.")])
    with open(folder / f"{ID}.jsonl", "a") as file:
        file.write('{"version": "v1", "kind": "Prom\n')
        file.write(json.dumps(entry("Prompt", "more"))[:-9])


@case("warm", ids=[ID])
def v2_compacted(home):
    """a summary takes the place of what was said, and counts"""
    user = {"id": "m", "role": "user", "content": [{"kind": "text", "data": "The files were listed."}]}
    flat(home, talk() + [entry("Clear"), entry("Compaction", summary="x", strategy={}, messages_snapshot=[user])])


@case("warm", ids=[ID])
def v2_empty_lock(home):
    """a lock that names nobody is in nobody's hands"""
    (flat(home, talk()) / f"{ID}.lock").touch()


@case("warm", [ID])
def v2_subagents_reason_without_a_parent(home):
    """the reason "subagent" is every session's: only a parent makes it another one's"""
    folder = flat(home, talk())
    assert json.loads((folder / f"{ID}.json").read_text())["session_created_reason"] == "subagent"


@case("cold")
def v2_line_editors_history_only(home):
    """what was typed is no conversation"""
    (flat(home) / f"{ID}.history").write_text("#V2\nfix it\n")


@case("cold")
def v1_empty_history(home):
    """a conversation in which nothing was said is not resumed"""
    row(home, q_store.conversation([], ID))


@case("cold")
def v1_other_directory(home):
    """a directory whose name begins with ours"""
    row(home, directory=WORKDIR + "-other")


@case("unknown")
def v1_torn_value(home):
    """a conversation of this directory that cannot be read"""
    row(home, json.dumps(q_store.conversation([q_store.turn(WORKDIR, "fix it", at=AT)], ID))[:-100])


@case("unknown")
def v1_id_like_a_flag(home):
    """an id that Kiro does not make"""
    row(home, q_store.conversation([q_store.turn(WORKDIR, "fix it", at=AT)], "--classic"), "--classic")


@case("unknown")
def v1_ids_differ(home):
    """the row's id is not the conversation's"""
    row(home, q_store.conversation([q_store.turn(WORKDIR, "fix it", at=AT)], OTHER))


@case("unknown")
def database_is_text(home):
    """no database: Kiro itself fails"""
    path = home / ".local/share/kiro-cli/data.sqlite3"
    path.parent.mkdir(parents=True)
    path.write_text("no database at all" * 100)


@case("cold")
def v2_no_turns(home):
    """the files of a session appear with its start"""
    flat(home)


@case("cold")
def v2_missing_journal(home):
    """a session without its journal has no messages"""
    (flat(home) / f"{ID}.jsonl").unlink()


@case("unknown")
def v2_torn_description(home):
    """something was said, nobody knows where"""
    file = flat(home, talk()) / f"{ID}.json"
    file.write_text(file.read_text()[:-40])


@case("cold")
def v2_torn_description_of_nothing(home):
    """nothing was said: it is nobody's conversation"""
    file = flat(home) / f"{ID}.json"
    file.write_text(file.read_text()[:-40])


@case("cold")
def v2_subagent_only(home):
    """a sub-agent's session is nobody's to resume"""
    flat(home, talk(), parent_session_id=OTHER)


@case("cold")
def v2_cleared(home):
    """cleared within the session: nothing is left of it"""
    flat(home, talk() + [entry("Clear")])


@case("cold")
def v2_cancelled(home):
    """the only prompt was taken back"""
    flat(home, [entry("Prompt", "fix it"), entry("CancelledPrompt")])


@case("cold")
def v2_rewound_to_its_beginning(home):
    """the journal returns to where nothing had been said"""
    flat(home, talk() + [entry("ResetTo", target_index=0)])


@case("unknown")
def v2_returns_to_what_comes_later(home):
    """a journal that cannot be replayed"""
    flat(home, talk() + [entry("ResetTo", target_index=9)])


@case("unknown")
def v2_journal_of_garbage(home):
    """there are lines, and none can be read"""
    (flat(home) / f"{ID}.jsonl").write_text("garbage\n{\n[1, 2]\n")


@case("unknown")
def v2_not_text(home):
    """one byte that is no UTF-8, and Kiro's reader of the journal ends with an error"""
    file = flat(home, talk()) / f"{ID}.jsonl"
    file.write_bytes(file.read_bytes().replace(b"fix", b"f\xffx"))


@case("unknown")
def v2_id_differs(home):
    """the description is another session's"""
    flat(home, talk(), session_id=OTHER)


@case("cold")
def v2_other_directories(home):
    """above, below, of another case, and one whose name begins with ours"""
    for number, directory in enumerate(["/home/coder", WORKDIR + "/src", WORKDIR.upper(), WORKDIR + "-other"]):
        flat(home, talk(), f"{ID[:-2]}{number + 10}", directory)


@case("unknown")
def v2_folder_is_a_file(home):
    """a file stands where the sessions belong"""
    (home / ".kiro/sessions").mkdir(parents=True)
    (home / ".kiro/sessions/cli").write_text("")


@case("cold")
def v3_no_messages(home):
    """started, nothing said"""
    workspace(home, [engines.message("session_metadata", "")])


@case("cold")
def v3_child_only(home):
    """a session that another one made"""
    workspace(home, said(), parentSessionId="sess_" + OTHER)


@case("cold")
def v3_of_no_workspace(home):
    """a session of no workspace belongs to no directory"""
    workspace(home, said(), bucket="_global", workspacePaths=[])


@case("unknown")
def v3_torn_description(home):
    """something was said, nobody knows where"""
    file = workspace(home, said()) / "session.json"
    file.write_text(file.read_text()[:-20])


@case("unknown")
def v3_messages_of_garbage(home):
    """there are lines, and none can be read"""
    (workspace(home) / "messages.jsonl").write_text("garbage\n{\n")


@case("cold")
def v3_hostile_names(home):
    """folders that are no sessions: flags, half an id, an editor's own, a workspace that is none"""
    for name in ("--trust-all-tools", "sess_--resume", "sess_" + ID[:-1], ID, "cli_" + ID + "_--resume"):
        workspace(home, said(), name)
    workspace(home, said(), bucket="--trust-all-tools")


if __name__ == "__main__":
    case.main()
