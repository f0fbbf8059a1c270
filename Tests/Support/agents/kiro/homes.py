"""Several conversations of one directory in Kiro's own store. Numbers go round its three engines."""

from agents.kiro import engines, store
from doubles import q_store
from doubles.conversations import ANSWER, ODD, moment, seconds, uuid

folder = ".local/share/kiro-cli"
decoys = ("sub-agent", "nothing said")


def put(home, directory, text, number, what=None):
    at, directory = moment(number), str(directory)
    said = [engines.line("Prompt", text), engines.line("AssistantMessage", ANSWER)]
    if what == "unreadable":
        said[0]["data"]["content"][0]["data"] = ODD
        store.flat(home, said, uuid(number), directory, at)
        return uuid(number)
    if what == "sub-agent" or number % 3 == 0:
        more = {"parent_session_id": uuid(99)} if what == "sub-agent" else {}
        store.flat(home, [] if what == "nothing said" else said, uuid(number), directory, at, **more)
        return uuid(number)
    if number % 3 == 1:
        turns = [] if what == "nothing said" else [q_store.turn(directory, text, at=at)]
        store.row(home, q_store.conversation(turns, uuid(number)), uuid(number), directory, at)
        return uuid(number)
    lines = [engines.message("session_start", text), engines.message("assistant", ANSWER)]
    for line in lines:
        line["timestamp"] = seconds(number) * 1000
    store.workspace(
        home, [] if what == "nothing said" else lines, f"sess_{uuid(number)}", directory, at, f"{number:016x}")
    return f"sess_{uuid(number)}"
