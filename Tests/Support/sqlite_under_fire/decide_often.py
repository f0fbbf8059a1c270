"""Asks agentlaunch many times for its decision and prints one line of JSON each: what was asked, what came.

    decide_often.py BINARY HOME TIMES

It asks in turn for the session `target`, which is there, and for `absent`, which is not.
"""

import json
import subprocess
import sys

binary, home, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
for turn in range(times):
    name = "absent" if turn % 2 else "target"
    done = subprocess.run(
        [binary, "goose", "--dry-run", "--format", "json", "--session", name, "--adopt", "never",
         "--workdir", "/home/coder/project", "--prompt", "do the task"],
        env={"HOME": home, "PATH": "/usr/bin:/bin"}, cwd="/", stdin=subprocess.DEVNULL, capture_output=True,
    )
    try:
        plan = json.loads(done.stdout)
    except ValueError:
        plan = {"start": None, "stderr": done.stderr.decode()}
    session = plan.get("session") or {}
    print(json.dumps([name, plan["start"], session.get("id"), done.returncode, plan.get("reason") or plan]), flush=True)
