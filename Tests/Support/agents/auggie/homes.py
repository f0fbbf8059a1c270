"""Several conversations of one directory in Auggie's own store."""

from agents.auggie import double
from doubles.conversations import ANSWER, ODD, seconds, uuid

folder = ".augment/sessions"
decoys = ("nothing said",)


def put(home, directory, text, number, what=None):
    session = double.Session(home / ".augment/sessions", uuid(number), directory, directory, seconds(number))
    if what != "nothing said":
        session.ask(text, seconds(number))
        session.answer(ANSWER, seconds(number))
    if what == "unreadable":
        exchange = session.value["chatHistory"][0]["exchange"]
        exchange["request_message"] = ODD
        exchange["request_nodes"][0]["text_node"]["content"] = ODD
    session.save()
    return session.id
