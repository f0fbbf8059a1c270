"""What the agents' files are written with."""

import datetime
import json
import time
import uuid


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def rfc3339(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def append(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def uuid7():
    digits = f"{int(time.time() * 1000):012x}" + uuid.uuid4().hex[12:]
    return str(uuid.UUID(digits[:12] + "7" + digits[13:16] + "8" + digits[17:]))


def lines_of_any(file):
    """The JSON lines of a file in which a kill may have torn one."""
    for line in file.read_text().splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            pass
