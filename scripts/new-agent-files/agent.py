"""Foo in the tables of the tests."""

from doubles.double import Double
from kinds import doubled

DOUBLE = Double(
    agent="foo", program="foo",
    cold=lambda prompt, workdir: ["--", prompt],
    warm=lambda key, workdir: ["--resume", key],
    unknown=["--resume", "00000000-0000-4000-8000-000000000000"], refusal=(1, "no session"),
    unknown_id="00000000-0000-4000-8000-000000000000",
)
KINDS = {"foo": doubled("foo")}
