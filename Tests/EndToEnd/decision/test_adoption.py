"""Whose conversation is taken over, for every agent: rule 6 among several of one directory, by name and by --adopt.

In one directory stand, oldest first:
  A        somebody else's, with another first message
  B        the task, with an old module's sentence in front
  C        somebody else's, the newest that is free
  held     the task, newer still: the record of the name `held` has it
and newer than all of them, each with the task: what is archived, scheduled, a sub-agent's, another directory's, and
one in which nothing was said.
"""


import pytest

import plans

from doubles.adoption_homes import HOMES, ONE_OF_A_DIRECTORY, hold

TASK = "Paint the harbour wall\nin two coats"
IN_FRONT = "Report progress with the tool.\n\n" + TASK

# What is asked for, and which conversation goes on; None: cold. The same for every agent that keeps several.
TABLE = [
    # name, --adopt, prompt, taken over
    ("default", "match", TASK, "B"),
    ("other", "match", TASK, "B"),
    ("default", "match", "another task", None),
    ("default", "match", "in two coats", "B"),         # "ends with it after a line break"
    ("default", "match", "two coats", None),           # … but not in the middle of a line
    ("default", "match", "Paint the harbour wall", None),
    ("default", "match", None, "C"),
    ("other", "match", None, None),
    ("default", "newest", TASK, "C"),
    ("other", "newest", TASK, "C"),
    ("other", "newest", None, "C"),
    ("default", "never", TASK, None),
    ("default", "never", None, None),
    ("other", "never", TASK, None),
    ("held", "match", "another task", "held"),         # its record counts before anything else
    ("held", "never", None, "held"),
]


class Place:
    def __init__(self, binary, root, agent, homes):
        self.binary, self.agent, self.homes = binary, agent, homes
        self.home, self.project, self.other = (root.resolve() / name for name in ("home", "project", "other"))
        for folder in (self.home, self.project, self.other):
            folder.mkdir()
        self.ids = {}

    def put(self, name, text, number, directory=None, what=None):
        self.ids[name] = self.homes.put(self.home, directory or self.project, text, number, what)

    def run(self, name, adopt, prompt):
        words = [self.binary, self.agent, "--dry-run", "-o", "json", "--agentapi", "--workdir", self.project,
                 "--session", name, "--adopt", adopt, *(["--prompt", prompt] if prompt else [])]
        before = plans.trace(self.home)
        result = plans.run(words, {"HOME": str(self.home), "PATH": plans.PATH})
        assert plans.trace(self.home) == before
        return result

    def plan(self, name="default", adopt="match", prompt=TASK):
        return plans.plan(self.run(name, adopt, prompt))

    def taken(self, *how):
        """Which conversation goes on: its name here, None if the start is cold, `unknown`."""
        found = self.plan(*how)
        if found["start"] != "warm":
            return None if found["start"] == "cold" else found["start"]
        [name] = [name for name, key in self.ids.items() if key == self.identity(found)]
        return name

    def identity(self, found):
        """Aider has no ids: its history's file is one."""
        if found["session"]["id"] is None:
            return found["agentCommand"][found["agentCommand"].index("--chat-history-file") + 1]
        return found["session"]["id"]


@pytest.fixture(params=sorted(HOMES))
def place(request, binary, tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_STATE_HOME")
    return Place(binary, tmp_path, request.param, HOMES[request.param])


@pytest.fixture(params=sorted(ONE_OF_A_DIRECTORY))
def single(request, binary, tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_STATE_HOME")
    return Place(binary, tmp_path, request.param, ONE_OF_A_DIRECTORY[request.param])


def is_unreadable_as_a_whole(place):
    return getattr(place.homes, "is_unreadable_as_a_whole", False)


def populate(place):
    place.put("A", "What does this do?", 1)
    place.put("B", IN_FRONT, 2)
    place.put("C", "Write a song", 3)
    place.put("held", TASK, 4)
    hold(place.home, place.agent, place.project, "held", place.ids["held"])
    for number, what in enumerate(place.homes.decoys, 5):
        place.put(what, TASK, number, what=what)
    place.put("another directory's", TASK, 10, place.other)


def test_of_several_conversations_the_right_one_is_adopted(place):
    populate(place)
    found = {(name, adopt, prompt): place.taken(name, adopt, prompt) for name, adopt, prompt, _ in TABLE}
    assert found == {(name, adopt, prompt): right for name, adopt, prompt, right in TABLE}


def test_decoys_are_never_adopted(place):
    """Each alone, so that nothing better hides it."""
    for number, what in enumerate(place.homes.decoys, 5):
        place.put(what, TASK, number, what=what)
        for adopt, prompt in (("match", TASK), ("match", None), ("newest", TASK)):
            assert place.taken("default", adopt, prompt) is None, (what, adopt)
    place.put("another directory's", TASK, 10, place.other)
    assert place.taken("default", "newest", TASK) is None


def test_of_two_with_the_same_prompt_the_newest_is_adopted(place):
    place.put("new", TASK, 4)
    place.put("old", TASK, 1)
    assert place.taken() == "new"


def test_an_unreadable_first_message_never_matches_and_makes_the_verdict_unknown(place):
    place.put("A", "What does this do?", 1)
    place.put("unreadable", "anything", 9, what="unreadable")
    found = place.plan()
    assert found["start"] == "unknown", (found["start"], found["session"], found["evidence"])
    # Something that matches is taken all the same, although it is older.
    place.put("B", IN_FRONT, 2)
    assert place.taken() == "B"
    # Nobody asks for its text: it is the newest, if the agent can read it at all.
    newest = "B" if is_unreadable_as_a_whole(place) else "unreadable"
    assert place.taken("default", "newest", TASK) == newest
    assert place.taken("default", "match", None) == newest


# Amazon Q and Aider keep one conversation of a directory.

@pytest.mark.parametrize("adopt, prompt, right", [
    ("match", TASK, True), ("match", None, True), ("match", "another task", False),
    ("newest", "another task", True), ("never", TASK, False),
])
def test_the_only_conversation_of_a_directory_is_adopted_if_it_began_with_the_prompt(single, adopt, prompt, right):
    single.put("elsewhere", TASK, 2, single.other)
    assert single.taken("default", adopt, prompt) is None
    single.put("one", IN_FRONT, 1)
    # By Amazon Q's own rule the row is this directory's, whoever began it: only what it holds can tell.
    assert single.taken("default", adopt, prompt) == ("one" if right else None)


def test_the_only_conversation_is_not_adopted_if_it_is_empty_or_belongs_to_another_name(single):
    single.put("one", TASK, 1, what="nothing said")
    for adopt, prompt in (("match", TASK), ("match", None), ("newest", TASK)):
        assert single.taken("default", adopt, prompt) is None
    single.put("one", TASK, 1)
    assert single.taken() == "one"
    hold(single.home, single.agent, single.project, "held", single.ids["one"])
    assert single.taken("default", "newest", TASK) is None
    if single.agent == "aider":
        assert single.taken("held", "match", "another task") == "one"


def test_a_second_name_in_a_directory_is_a_usage_error_with_amazon_q_and_a_separate_file_with_aider(single):
    single.put("one", IN_FRONT, 1)
    result = single.run("other", "newest", None)
    if single.agent == "amazonq":
        assert result.returncode == 64
    else:
        assert single.taken("other", "newest", None) == "one"
        assert single.taken("other", "match", TASK) == "one"
        assert single.taken("other", "match", None) is None
        assert single.taken("other", "never", TASK) is None


def test_the_only_conversation_with_an_unreadable_first_message_is_unknown(single):
    single.put("one", "anything", 1, what="unreadable")
    assert single.taken() == "unknown"
    newest = "unknown" if is_unreadable_as_a_whole(single) else "one"
    assert single.taken("default", "newest", TASK) == newest
    assert single.taken("default", "match", None) == newest
