"""Makes the project's own Foo homes in `Tests/Fixtures/foo`."""

from agents.foo.store import SESSIONS

case = SESSIONS.cases()

if __name__ == "__main__":
    case.main()
