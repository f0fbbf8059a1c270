"""The texts, ids and times of conversations that tests write: a higher number is newer."""

import datetime

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
