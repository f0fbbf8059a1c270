"""Several conversations of one directory in each agent's own store, made by its double or its fixtures' maker.

    homes = HOMES["cursor"]
    homes.put(home, directory, "the first message", number=1)          a conversation of its own; its id
    homes.put(home, directory, "…", number=2, what="sub-agent")        one of `homes.decoys`, which nobody resumes
    homes.put(home, directory, "…", number=3, what="unreadable")       its first message is of an unknown form

The number makes the id and the time: a higher one is newer.
"""

import contextlib
import datetime
import hashlib
import json
import os
import sqlite3

import agent_stores
from agents.aider import fixtures as aider_fixtures
from agents.amp import double as amp_double
from agents.auggie import double as auggie_double
from agents.copilot import double as copilot_double
from agents.cursor import double as cursor_double
from agents.gemini import double as gemini_double
from agents.gemini import fixtures as gemini_fixtures
from agents.kiro import double as kiro_double
from agents.kiro import fixtures as kiro_fixtures
from agents.opencode import double as opencode_double
from agents.opencode import fixtures as opencode_fixtures
from doubles import q_store
from fixture_maker import killed

START = 1790000000  # 2026-09-21
ANSWER = "Done."
# Where a text should be: of a later release, say.
ODD = {"parts": 7}


def uuid(number):
    return f"{number:08x}-2222-4333-8444-555555555555"


def seconds(number):
    return START + 1000 * number


def moment(number):
    return datetime.datetime.fromtimestamp(seconds(number), datetime.timezone.utc)


class Claude:
    decoys = ("sub-agent", "nothing said")

    @staticmethod
    def put(home, directory, text, number, what=None):
        key = agent_stores.claude(home, directory, [text], uuid(number), moment(number))
        [file] = home.glob(f".claude/projects/*/{key}.jsonl")
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        if what == "sub-agent":
            # Fact sheet on Claude and Codex, 3.2: beside the sessions with its parent's id, or in a parent's folder.
            lines = [{**line, "isSidechain": True} for line in lines]
            below = file.with_suffix("") / "subagents/agent-0a1b2c3.jsonl"
            agent_stores.append(below, lines)
            agent_stores.append(file.with_name("agent-0a1b2c3.jsonl"), lines)
        elif what == "nothing said":
            lines = lines[:1]
        elif what == "unreadable":
            lines[1]["message"]["content"] = ODD
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return key


class Codex:
    decoys = ("sub-agent", "archived", "nothing said")

    @staticmethod
    def put(home, directory, text, number, what=None):
        key = f"019a0000-0000-7000-8000-{number:012x}"
        agent_stores.codex(home, directory, [text], key, moment(number))
        [file] = (home / ".codex/sessions").rglob(f"*-{key}.jsonl")
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        if what == "sub-agent":  # fact sheet on Claude and Codex, 4.2, the table of sources
            lines[0]["payload"] |= {"source": {"subagent": "review"}, "thread_source": "subagent"}
        elif what == "nothing said":
            lines = lines[:1]
        elif what == "unreadable":
            lines[2]["payload"]["content"] = [{"type": "input_text", "text": ODD}]
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        if what == "archived":  # 4.2: moved flat
            (home / ".codex/archived_sessions").mkdir(exist_ok=True)
            file.rename(home / ".codex/archived_sessions" / file.name)
        return key


class Goose:
    decoys = ("sub-agent", "archived", "scheduled", "nothing said")

    @staticmethod
    def put(home, directory, text, number, what=None):
        key = f"20260921_{number}"
        agent_stores.goose(home, directory, [text] if what != "nothing said" else [], key, moment(number))
        path = home / ".local/share/goose/sessions/sessions.db"
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
            change = {
                "sub-agent": "UPDATE sessions SET session_type = 'sub_agent' WHERE id = ?",
                "scheduled": "UPDATE sessions SET session_type = 'scheduled' WHERE id = ?",
                "archived": "UPDATE sessions SET archived_at = '2026-10-01 00:00:00' WHERE id = ?",
                "unreadable": f"UPDATE messages SET content_json = '{json.dumps([{'type': 'text', 'text': ODD}])}'"
                              " WHERE session_id = ? AND role = 'user'",
            }.get(what)
            if change:
                database.execute(change, (key,))
        return key


class Copilot:
    decoys = ("nothing said",)
    # One line that it does not know makes every resume of the session fail (fact sheet on Copilot and Aider, 2.6).
    is_unreadable_as_a_whole = True

    @staticmethod
    def put(home, directory, text, number, what=None):
        session = copilot_double.Session(
            home / ".copilot/session-state" / uuid(number), str(directory), seconds(number)).open()
        if what != "nothing said":
            session.begin(text)
            session.finish(ANSWER)
        if what == "unreadable":
            lines = [json.loads(line) for line in session.file.read_text().splitlines()]
            for line in lines:
                if line["type"] == "user.message":
                    line["data"]["content"] = ODD
            session.file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return session.id


class OpenCode:
    decoys = ("sub-agent", "archived", "nothing said")

    @staticmethod
    def put(home, directory, text, number, what=None):
        key = f"ses_f045f6bfffff{number:014d}"
        more = {"sub-agent": {"parent": "ses_f045f6bfffffPPPPPPPPPPPPPP"}, "archived": {"archived": 1790928000000}}

        def work():
            database = opencode_double.Database(opencode_fixtures.folder(home) / "opencode.db")
            texts = () if what == "nothing said" else (text,)
            opencode_fixtures.talk(database, key, str(directory), seconds(number) * 1000, texts, **more.get(what, {}))
            if what == "unreadable":
                database.run("UPDATE part SET data = ? WHERE session_id = ? AND data LIKE '%' || ? || '%'",
                             (json.dumps({"type": "text", "text": ODD}), key, text))

        killed(work)
        return key


class Auggie:
    decoys = ("nothing said",)

    @staticmethod
    def put(home, directory, text, number, what=None):
        session = auggie_double.Session(home / ".augment/sessions", uuid(number), directory, directory, seconds(number))
        if what != "nothing said":
            session.ask(text, seconds(number))
            session.answer(ANSWER, seconds(number))
        if what == "unreadable":
            exchange = session.value["chatHistory"][0]["exchange"]
            exchange["request_message"] = ODD
            exchange["request_nodes"][0]["text_node"]["content"] = ODD
        session.save()
        return session.id


class Kiro:
    """Numbers go round its three engines."""

    decoys = ("sub-agent", "nothing said")

    @staticmethod
    def put(home, directory, text, number, what=None):
        at, directory = moment(number), str(directory)
        said = [kiro_double.line("Prompt", text), kiro_double.line("AssistantMessage", ANSWER)]
        if what == "unreadable":
            said[0]["data"]["content"][0]["data"] = ODD
            kiro_fixtures.flat(home, said, uuid(number), directory, at)
            return uuid(number)
        if what == "sub-agent" or number % 3 == 0:
            more = {"parent_session_id": uuid(99)} if what == "sub-agent" else {}
            kiro_fixtures.flat(home, [] if what == "nothing said" else said, uuid(number), directory, at, **more)
            return uuid(number)
        if number % 3 == 1:
            turns = [] if what == "nothing said" else [q_store.turn(directory, text, at=at)]
            kiro_fixtures.row(home, q_store.conversation(turns, uuid(number)), uuid(number), directory, at)
            return uuid(number)
        lines = [kiro_double.message("session_start", text), kiro_double.message("assistant", ANSWER)]
        for line in lines:
            line["timestamp"] = seconds(number) * 1000
        kiro_fixtures.workspace(
            home, [] if what == "nothing said" else lines, f"sess_{uuid(number)}", directory, at, f"{number:016x}")
        return f"sess_{uuid(number)}"


class Gemini:
    decoys = ("sub-agent", "nothing said")

    @staticmethod
    def put(home, directory, text, number, what=None):
        place = gemini_double.project(home / ".gemini", directory)
        (place / "chats").mkdir(exist_ok=True)
        at = seconds(number)
        head = gemini_fixtures.head(uuid(number), at, str(directory), **({"kind": "subagent"} if what == "sub-agent" else {}))
        user = gemini_fixtures.user(text, 1, at)
        if what == "unreadable":
            user["content"] = [{"text": ODD}]
        talk = [user, gemini_fixtures.answer(ANSWER, 1, at), {"$set": {"lastUpdated": gemini_double.stamp(at + 5)}}]
        gemini_fixtures.write(place, [head, *([] if what == "nothing said" else talk)], uuid(number), at)
        return uuid(number)


class Cursor:
    decoys = ("sub-agent", "nothing said")

    @staticmethod
    def put(home, directory, text, number, what=None):
        at = seconds(number) * 1000

        def work():
            folder = cursor_double.chats({"HOME": str(home)}, directory) / uuid(number)
            chat = cursor_double.Chat(folder, str(directory), at)
            chat.is_subagent = what == "sub-agent"
            if what == "nothing said":
                chat.describe()
            elif what == "unreadable":
                chat.add("user", [{"type": "text", "text": ODD}], at)
            else:
                chat.query(text, at)
            if what != "nothing said":
                chat.add("assistant", [{"type": "text", "text": ANSWER}], at)
            chat.write_meta()

        killed(work)
        return uuid(number)


class Amp:
    """Threads as releases up to early 2026 kept them; later ones are on its server only, and of no directory."""

    decoys = ("nothing said",)

    @staticmethod
    def put(home, directory, text, number, what=None):
        key = f"T-019a0000-0000-7000-8000-{number:012x}"
        value = amp_double.legacy(key, str(directory), [] if what == "nothing said" else [text], seconds(number) * 1000)
        if what == "unreadable":
            value["messages"][0]["content"] = [{"type": "text", "text": ODD}]
        folder = home / ".local/share/amp/threads"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{key}.json").write_text(json.dumps(value))
        return key


class AmazonQ:
    """One row for a directory."""

    @staticmethod
    def put(home, directory, text, number, what=None):
        path = home / ".local/share/amazon-q/data.sqlite3"
        turn = q_store.turn(str(directory), text, at=moment(number))
        if what == "unreadable":
            turn["user"]["content"] = {"CancelledToolUses": {"prompt": None, "tool_use_results": []}}
        value = q_store.conversation([] if what == "nothing said" else [turn], uuid(number))
        with contextlib.closing(q_store.connect(path, q_store.AMAZONQ)) as database:
            q_store.replace(database.execute, directory, value)
        return uuid(number)


class Aider:
    """One history of a directory, that of the project; those of names are agentlaunch's own."""

    # A message is lines of text: what cannot be decoded is the file (3.4).
    is_unreadable_as_a_whole = True

    @staticmethod
    def put(home, directory, text, number, what=None):
        file = directory / aider_fixtures.NAME
        file.unlink(missing_ok=True)
        if what == "nothing said":
            aider_fixtures.History(file).start()
        else:
            aider_fixtures.talk(file, text)
        if what == "unreadable":
            file.write_bytes(file.read_bytes().replace(b"anything", b"\xff\xfe\xff"))
        return str(file)


HOMES = {
    "amp": Amp, "auggie": Auggie, "claude": Claude, "codex": Codex, "copilot": Copilot, "cursor": Cursor,
    "gemini": Gemini, "goose": Goose, "kiro": Kiro, "opencode": OpenCode,
}
ONE_OF_A_DIRECTORY = {"aider": Aider, "amazonq": AmazonQ}


def hold(home, agent, directory, name, identity):
    """The record of a conversation of this name, as agentlaunch writes it, with another prompt than any here."""
    digest = hashlib.sha256(os.fsencode(str(directory))).hexdigest()[:16]
    folder = home / ".local/state/agentlaunch" / agent / f"{name}-{digest}"
    folder.mkdir(parents=True)
    (folder / "record.json").write_text(json.dumps({
        "schema": "agentlaunch.record/1", "agent": agent, "workdir": str(directory), "name": name, "session": identity,
        "sessionName": None, "origin": "captured", "store": str(home), "startedAt": "2026-09-21T00:00:00Z", "prompts": [],
    }))
