"""What the tests need of an agent that keeps each session as a file of JSON lines, made from what its lines look like.

`agents/<agent>/store.py` has one of these as `SESSIONS`; the double writes with it, and it stands for the agent's
`homes.py`, `bases.py` and `oracle.py` where there are none:

    SESSIONS = LineSessions("foo", ".foo/sessions", first={"type": "session", "id": ID, "cwd": DIRECTORY, "time": TIME},
                            user={"type": "user", "text": TEXT, …}, answer={"type": "assistant", "text": TEXT, …})

`type` tells lines apart, and the first one names the session. With one line that is no such object nothing is resumed.
"""

import json
import os
import re
import time
from collections import namedtuple
from pathlib import Path
from uuid import uuid4

from damage.line_bases import WORKDIR
from damage.line_mutations import strata
from damage.line_oracle import read as parsed
from doubles.agent_double import Refusal, converse, log, turn
from doubles.conversations import ANSWER, ODD, seconds, uuid
from doubles.fixture_maker import Cases

OTHER = "/home/coder/other"
UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
Blank = namedtuple("Blank", "name")
ID, DIRECTORY, TEXT, TIME = map(Blank, ("id", "directory", "text", "time"))


def stamp(at):
    return time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(at)) + f"{int(at * 1000) % 1000:03}Z"


class LineSessions:
    decoys = ("nothing said",)

    def __init__(self, agent, folder, first, user, answer):
        self.agent, self.folder, self.lines = agent, folder, {"first": first, "user": user, "answer": answer}
        self.STRATA = strata([f'"{key}":'.encode() for key in {**first, **user, **answer}])

    def line(self, what, **values):
        form = self.lines[what]
        return {key: values.get(value.name) if isinstance(value, Blank) else value for key, value in form.items()}

    def read(self, line):
        """("first", id, directory), ("user", text), ("other",); None for what the agent refuses."""
        if not isinstance(line, dict) or not isinstance(line.get("type"), str):
            return None
        what = next((what for what, form in self.lines.items() if form["type"] == line["type"]), None)
        blanks = {value: line.get(key) for key, value in self.lines.get(what, {}).items() if isinstance(value, Blank)}
        if what == "first":
            return ("first", blanks.get(ID), blanks.get(DIRECTORY))
        return ("user", blanks.get(TEXT)) if what == "user" else ("other",)

    def session(self, home, key, directory, at=None):
        return Session(self, Path(home) / self.folder / f"{key}.jsonl", str(directory), at)

    def conversations(self, home):
        """[(id, directory, [user texts])], oldest first."""
        found = []
        for file in Path(home).glob(f"{self.folder}/*.jsonl"):
            # The last line may be being written.
            lines = [self.read(json.loads(line)) for line in file.read_bytes().split(b"\n")[:-1]]
            if texts := [line[1] for line in lines[1:] if line[0] == "user"]:
                found.append((file.stat().st_ino, file.stem, lines[0][2], texts))
        return [each[1:] for each in sorted(found)]

    # double.py

    def talk(self, key, prompt=None):
        """What the program does with its words: a session, new or this one, its first prompt, and then the terminal."""
        session = self.session(os.environ["HOME"], key or uuid4(), os.getcwd())
        if key and not session.file.exists():
            raise Refusal(f"no session {key}")
        if prompt is not None:
            turn(session, prompt, "argument")
        converse(session)

    # homes.py

    def put(self, home, directory, text, number, what=None):
        session = self.session(home, uuid(number), directory, seconds(number))
        session.open()
        if what != "nothing said":
            session.begin(ODD if what == "unreadable" else text)
            session.finish(ANSWER)
        return session.id

    # bases.py and oracle.py

    def file(self, number, directory=WORKDIR, turns=2, answered=True):
        """{path: bytes} of one session, made without a disk."""
        lines = [self.line("first", id=uuid(number), directory=directory, time=stamp(seconds(number)))]
        for turn in range(turns):
            time = stamp(seconds(number) + turn)
            text = f"please do step {turn} " + "and mind the gap " * (turn * 7 % 23)
            lines.append(self.line("user", text=text, time=time))
            if answered or turn < turns - 1:
                lines.append(self.line("answer", text=ANSWER, time=time))
        return {f"{self.folder}/{uuid(number)}.jsonl": b"".join(encoded(line) for line in lines)}

    def bases(self):
        return {
            "one": self.file(5), "one-turn": self.file(5, turns=1), "long": self.file(5, turns=40),
            "unanswered": self.file(5, turns=1, answered=False), "two": {**self.file(5, turns=3), **self.file(6)},
            "among-others": {**self.file(1, OTHER, 8), **self.file(2, turns=0), **self.file(5, turns=4)},
            "nobodys-here": {**self.file(1, OTHER, 8), **self.file(2, turns=0)}, "empty-only": self.file(2, turns=0),
        }

    def look(self, home, _scratch=None):
        files = []
        for name, data in home.items():
            if found := re.fullmatch(rf"{re.escape(self.folder)}/({UUID})\.jsonl", name):
                files.append((self._judged(data, found[1]), found[1]))
        kinds = {kind for kind, _ in files}
        kind = next((each for each in ("resumes", "doubtful", "refused", "anything") if each in kinds), "nothing")
        ids = sorted(key for each, key in files if each not in ("refused", "nothing"))
        return {"kind": kind, "ids": ids, "doubts": set()}

    def _judged(self, data, key):
        said, doubt, directory = False, False, None
        for number, line in enumerate(line for line in data.split(b"\n") if line.strip(b" \t\r")):
            value, odd = parsed(line)
            if value is None:
                return "doubtful" if odd else "refused"
            known = self.read(value)
            if known is None or (number == 0) != (known[0] == "first") or number == 0 and known[1] != key:
                return "doubtful"
            directory = known[2] if number == 0 else directory
            doubt, said = doubt or odd, said or known[0] == "user"
        if doubt or directory is None:
            return "doubtful"
        if directory not in (WORKDIR, OTHER):
            return "anything"  # the damage named another directory
        return "resumes" if said and directory == WORKDIR else "nothing"

    @staticmethod
    def judge(found, verdict, identifier):
        """None, or why this verdict is wrong."""
        kind = found["kind"]
        if verdict == "warm":
            return None if identifier in found["ids"] else "warm-where-the-agent-finds-none"
        if verdict == "cold":
            return "false-cold" if kind in ("resumes", "refused") else None
        return "unknown-where-the-agent-resumes" if kind == "resumes" else None

    # fixtures.py

    def cases(self):
        """Homes as a crash, a full disk or a bad copy leaves them; the agent's own are added to them."""
        case, key = Cases(self.agent), uuid(7)

        def left(home, directory=WORKDIR, turns=1, change=lambda data: data, name=f"{key}.jsonl"):
            file = Path(home) / self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            [data] = self.file(7, directory, turns).values()
            file.write_bytes(change(data))
            return file

        def home(state, label, why, ids=(), **what):
            def make(place):
                left(place, **what)

            make.__name__, make.__doc__ = label, why
            case(state, ids)(make)

        def spoilt(data):
            return b"\n".join(b"garbage" if number == 2 else line for number, line in enumerate(data.split(b"\n")))

        home("warm", "two_turns", "a whole conversation of this directory", [key], turns=2)
        home("cold", "other_directory", "another directory's conversation", directory=OTHER)
        home("cold", "directory_like_ours", "our path is only the beginning of its own", directory=WORKDIR + "-2")
        home("cold", "opened_and_given_nothing", "a session in which nothing was said", turns=0)
        home("cold", "no_ids_name", "no name but an id's reaches a command line", name="--resume.jsonl")
        home("cold", "editors_copy", "an editor's copy is no session", name=f"{key}.jsonl~")
        home("unknown", "empty_file", "what a full disk leaves of a session", change=lambda data: b"")
        home("unknown", "zeros", "what a crash of the machine leaves of a session", change=lambda data: bytes(4096))
        home("unknown", "torn_last_line", "killed in the middle of a line", change=lambda data: data[:-9])
        home("unknown", "garbage_in_the_middle", "a line that is no JSON", turns=2, change=spoilt)
        home("unknown", "first_line_lost", "nothing names its directory: it may be ours",
             change=lambda data: data.split(b"\n", 1)[1])
        home("unknown", "named_for_another", "its id is not the one that it is named for", name=f"{uuid(8)}.jsonl")

        @case("unknown")
        def sessions_is_a_file(place):
            """something else stands where the sessions should be"""
            (place / self.folder).parent.mkdir(parents=True, exist_ok=True)
            (place / self.folder).write_text("")

        @case("unknown")
        def dangling_link(place):
            """the volume with the sessions is not mounted"""
            (place / self.folder).parent.mkdir(parents=True, exist_ok=True)
            (place / self.folder).symlink_to("/nowhere/sessions")

        return case


class Session:
    """What a double's turn needs: `begin` and `finish`."""

    def __init__(self, kind, file, directory, at):
        self.kind, self.file, self.directory, self.at, self.id = kind, file, directory, at, file.stem

    def write(self, what, **values):
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with open(self.file, "ab", buffering=0) as file:
            file.write(encoded(self.kind.line(what, time=stamp(self.at or time.time()), **values)))

    def open(self):
        if not self.file.exists():
            self.write("first", id=self.id, directory=self.directory)
            log("session", session=self.id)

    def begin(self, text):
        self.open()
        self.write("user", text=text)
        return sum(1 for line in self.file.read_bytes().splitlines() if self.kind.read(json.loads(line))[0] == "user")

    def finish(self, answer):
        self.write("answer", text=answer)


def encoded(line):
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
