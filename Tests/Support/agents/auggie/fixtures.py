"""Makes the project's own Auggie homes in `Tests/Fixtures/auggie`."""


from agents.auggie.double import Session
from doubles.fixture_maker import WORKDIR, Cases

case = Cases("auggie")
AT = 1790000000
OURS, OTHER = "0f2e9c1a-5b7d-4e3f-8a6b-c9d8e7f60001", "0f2e9c1a-5b7d-4e3f-8a6b-c9d8e7f60002"


def left(home, key=OURS, root=WORKDIR, terminal=None, at=AT, turns=1, change=lambda value: None, name=None, text=None):
    """A session's file; `change` edits the object, `text` its bytes."""
    folder = home / ".augment/sessions"
    session = Session(folder, key, root, terminal or root, at)
    for number in range(turns):
        session.ask("Explain the parser." if number == 0 else f"And step {number}?", at + number)
        session.answer("It reads one line at a time.", at + number)
    change(session.value)
    session.save()
    if name:
        session.file.rename(folder / name)
    elif text:
        session.file.write_bytes(text(session.file.read_bytes()))
    return session.file


def nodes(value):
    return [node for each in value["chatHistory"] for node in each["exchange"]["request_nodes"]]


@case("cold")
def login_in_the_sessions_folder(home):
    """the login's file, also where a bad copy put it among the sessions"""
    folder = home / ".augment/sessions"
    folder.mkdir(parents=True)
    for place in (home / ".augment", folder):
        (place / "session.json").write_text('{"accessToken":"not-a-token","tenantURL":"https://example/"}')


@case("cold")
def other_workspace(home):
    """another directory's session"""
    left(home, root="/home/coder/other")


@case("cold")
def directories_like_ours(home):
    """above, below, and with our path as a beginning: no other directory's session counts"""
    for number, path in enumerate(["/home/coder", WORKDIR + "/sub", WORKDIR + "-2", "/"]):
        left(home, OURS[:-1] + str(number), path)


@case("warm", ids=[OURS])
def repository_around_us(home):
    """started here without --workspace-root: the folder is the repository's, the terminal's directory is ours"""
    left(home, root="/home/coder", terminal=WORKDIR)


@case("cold")
def empty_sessions_only(home):
    """releases before 0.27 wrote sessions in which nothing was said"""
    for number in range(3):
        left(home, OURS[:-1] + str(number), turns=0)


@case("cold")
def names_that_are_no_ids(home):
    """no name but an id's in small letters reaches a command line"""
    for name in ("-p.json", "--resume.json", OURS.upper() + ".json", OURS + "x.json", "x" + OURS[1:] + ".json"):
        left(home, name=name)


@case("cold")
def copies_with_other_endings(home):
    """an editor's and a sync's copies are no sessions"""
    for name in (OURS + ".json.bak", OURS + ".json~", "." + OURS + ".json.swp", OURS):
        left(home, name=name)


@case("unknown")
def nothing_names_a_directory(home):
    """a conversation without a node of type 4: it may be ours"""
    def change(value):
        for each in value["chatHistory"]:
            each["exchange"]["request_nodes"] = each["exchange"]["request_nodes"][:1]

    left(home, change=change)


@case("unknown")
def half_of_a_copy(home):
    """a copy that was cut inside the first exchange"""
    left(home, text=lambda data: data[:300])


@case("unknown")
def cut_at_the_end(home):
    """only the last bracket is missing: the program's parser refuses all of it"""
    left(home, turns=3, text=lambda data: data[:-1])


@case("cold")
def cut_and_another_directorys(home):
    """it is cut, but what is whole of it names another directory"""
    left(home, root="/home/coder/other", turns=4, text=lambda data: data[:-200])


@case("unknown")
def torn_in_a_folder_around_us(home):
    """its folder is the repository's, and the terminal's directory is lost: it may be ours"""
    left(home, root="/home/coder", terminal=WORKDIR,
         text=lambda data: data.replace(b"current_working_directory", b"current_woking_directory")[:-20])


@case("unknown")
def empty_file(home):
    """a file of 0 bytes: what a full disk leaves of a session"""
    left(home, text=lambda data: b"")


@case("unknown")
def zeros(home):
    """blocks of NULs: what a crash of the machine leaves of a session"""
    left(home, text=lambda data: bytes(4096))


@case("unknown")
def zeros_behind(home):
    """NULs behind the object: the program's parser refuses them"""
    left(home, text=lambda data: data + bytes(512))


@case("unknown")
def named_for_another(home):
    """its id is not the one that it is named for: which of the two is resumed is not known"""
    left(home, change=lambda value: value.update(sessionId=OTHER))


@case("unknown")
def history_of_another_form(home):
    """chatHistory is no list"""
    left(home, change=lambda value: value.update(chatHistory={"0": value["chatHistory"][0]}))


@case("unknown")
def exchanges_of_another_form(home):
    """exchanges in which nothing known is said"""
    left(home, change=lambda value: value.update(chatHistory=[{"turn": each} for each in value["chatHistory"]]))


@case("unknown")
def sessions_is_a_file(home):
    """something else stands where the sessions should be"""
    (home / ".augment").mkdir()
    (home / ".augment/sessions").write_text("")


@case("unknown")
def dangling_link(home):
    """the volume with the sessions is not mounted"""
    (home / ".augment").mkdir()
    (home / ".augment/sessions").symlink_to("/nowhere/sessions")


@case("unknown")
def session_is_a_directory(home):
    """something else stands where a session should be"""
    folder = home / f".augment/sessions/{OURS}.json"
    folder.mkdir(parents=True)
    (folder / ".keep").touch()


@case("warm", ids=[OURS])
def newest_by_what_is_inside(home):
    """the newest is the one that says so, not the file that was written last"""
    left(home, OURS, at=AT + 60)
    left(home, OTHER, at=AT)


@case("warm", ids=[OURS])
def moved_to_us(home):
    """it began elsewhere and was resumed here: its later exchange names our directory"""
    def change(value):
        second = value["chatHistory"][1]["exchange"]["request_nodes"][1]["ide_state_node"]
        second.update(workspace_folders=[{"repository_root": WORKDIR, "folder_root": WORKDIR}],
                      workspace_folders_unchanged=False)

    left(home, root="/home/coder/other", turns=2, change=change)


@case("warm", ids=[OURS])
def fractional_numbers_and_unknown_fields(home):
    """a newer release's fields, and sequence numbers between others"""
    def change(value):
        value.update(schema={"deep": [[[{}]]]}, chatHistory=[{**each, "sequenceId": 1.5, "usage": [1e9]}
                                                             for each in value["chatHistory"]])
        for node in nodes(value):
            node["note"] = "\ud800 lone"

    left(home, change=change)


if __name__ == "__main__":
    case.main()
