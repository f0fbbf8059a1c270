"""The damage campaign: seeded mutations of a store, the reader's verdict against the oracle's.

By hand, from Tests/Support:  python3 -m damage.campaign goose --count 20000 --seed 7
The reader is `--reader PROGRAM [WORD...]` (last); default: the debug build.
"""

import argparse
import collections
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import agents

from .line_bases import WORKDIR

ROOT = Path(__file__).resolve().parents[3]
MEMORY = 64 * 1024  # KiB
# Nobody has these stores open: who waits for a lock as long as the specification allows (10 s) hangs.
TIMEOUT = float(os.environ.get("DAMAGE_TIMEOUT", "9"))
PROMPT = "do the task"


AGENTS = sorted(agents.with_part("oracle"))


def stage(agent):
    """(its stores before the damage, what can happen to them, what the agent would find)"""
    bases = agents.part(agent, "bases")
    return bases.bases(), bases.STRATA, agents.part(agent, "oracle")


def mutate(agent, bases, strata, seed, number):
    """The same seed and number: the same stratum, base and damage."""
    draw = random.Random(f"{seed} {agent} {number}")
    stratum = sorted(strata)[number % len(strata)]
    change, fits = strata[stratum]
    base = draw.choice(sorted(name for name, home in bases.items() if fits(home)))
    home = change(draw, bases[base], bases)
    while draw.random() < 0.15:  # damage seldom comes alone
        if not fits(home) or home == {}:
            break
        try:
            home = change(draw, home, bases)
        except (IndexError, ValueError):
            break  # nothing is left to damage
    return stratum, base, home


def lay_out(folder, home):
    shutil.rmtree(folder, ignore_errors=True)
    made = set()
    for name, data in home.items():
        path = f"{folder}/{name}"
        parent = os.path.dirname(path)
        if parent not in made:
            os.makedirs(parent, exist_ok=True)
            made.add(parent)
        with open(path, "wb") as file:
            file.write(data)


def traces(folder):
    """Every name, kind, mode, mtime and byte below the folder."""
    found = {}
    for parent, folders, files in os.walk(folder):
        for name in [".", *folders, *files]:
            path = os.path.join(parent, name)
            state = os.lstat(path)
            digest = None
            if name in files:
                with open(path, "rb") as file:
                    digest = hashlib.blake2b(file.read()).digest()
            found[path] = (state.st_mode, state.st_mtime_ns, state.st_size, state.st_ino, digest)
    return found


def hangs(pid):
    """Late, it sleeps or has computed all the time; on a busy machine it may only not have had its turn."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return False
    computed = (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    return words[0] == "S" or computed >= TIMEOUT


class Reader:
    """Runs the program under test and measures it."""

    def __init__(self, command, agent, folder):
        self.command, self.folder = command, folder
        self.words = [agent, "--dry-run", "--format", "json", "--prompt", PROMPT, "--adopt",
                      "newest", "--workdir", WORKDIR]

    def __call__(self, home):
        """(verdict, id, KiB, what went wrong)"""
        out, err = f"{self.folder}/out", f"{self.folder}/err"
        write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        pid = os.posix_spawn(
            self.command[0], [*self.command, *self.words],
            {"HOME": home, "PATH": "/nonexistent", "LANG": "C.UTF-8"},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, out, write, 0o600),
                (os.POSIX_SPAWN_OPEN, 2, err, write, 0o600),
            ],
            setsid=True,
        )
        late = []

        def look(*_):
            if hangs(pid):
                late.append(1)
                os.kill(pid, signal.SIGKILL)

        signal.signal(signal.SIGALRM, look)
        signal.setitimer(signal.ITIMER_REAL, TIMEOUT, TIMEOUT)
        _, status, usage = os.wait4(pid, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if late:
            return None, None, usage.ru_maxrss, "hang"
        if os.WIFSIGNALED(status):
            return None, None, usage.ru_maxrss, f"crash-signal-{os.WTERMSIG(status)}"
        code = os.WEXITSTATUS(status)
        try:
            plan = json.loads(Path(out).read_bytes())
            verdict, session = plan["start"], plan["session"]
        except (ValueError, KeyError, TypeError):
            return None, None, usage.ru_maxrss, f"no-plan-exit-{code}"
        if code != (65 if verdict == "unknown" else 0):
            return verdict, None, usage.ru_maxrss, f"exit-{code}-with-{verdict}"
        return verdict, session and session["id"], usage.ru_maxrss, None


def work(agent, command, seed, numbers, keep):
    """One process's share. Yields a result for each number; negative numbers are bare bases."""
    bases, strata, oracle = stage(agent)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="agentlaunch-damage-", dir=memory) as folder:
        home, scratch = f"{folder}/home", f"{folder}/scratch"
        os.mkdir(scratch)
        reader = Reader(command, agent, folder)
        for number in numbers:
            if number < 0:
                base = sorted(bases)[-1 - number]
                stratum, content = "untouched", bases[base]
            else:
                stratum, base, content = mutate(agent, bases, strata, seed, number)
            found = oracle.look(content, scratch)
            lay_out(home, content)
            before = traces(home)
            verdict, identifier, size, wrong = reader(home)
            if traces(home) != before:
                wrong = wrong or "trace-left"
            if size > MEMORY:
                wrong = wrong or "memory"
            wrong = wrong or oracle.judge(found, verdict, identifier)
            if number < 0 and found["kind"] == "nothing" and verdict != "cold":
                wrong = wrong or "an-untouched-store-is-not-doubtful"
            if wrong and keep:
                shutil.copytree(home, f"{keep}/{agent}-{seed}-{number}/home", dirs_exist_ok=True)
            yield {"number": number, "stratum": stratum, "base": base, "verdict": verdict,
                   "id": identifier, "oracle": found["kind"], "ids": found["ids"], "size": size,
                   "doubts": sorted(found["doubts"]), "why": found.get("why"), "wrong": wrong}


def run(agent, command, count, seed, jobs=8, keep=None):
    """All results, by `jobs` processes at once (each small, so that its child's size is its own).

    More than there are cores: a reader of SQLite mostly waits until the store's last change is old
    enough to be told from a new one.
    """
    shares = [list(range(job, count, jobs)) for job in range(jobs)]
    shares[0] = [-1 - n for n in range(len(stage(agent)[0]))] + shares[0]
    children = []
    for share in shares:
        order = json.dumps([agent, [os.fspath(word) for word in command], seed, share, keep])
        output = tempfile.TemporaryFile("w+")
        child = subprocess.Popen(
            [sys.executable, "-B", "-m", "damage.campaign", "--share"], cwd=ROOT / "Tests/Support",
            stdin=subprocess.PIPE, stdout=output, text=True,
        )
        child.stdin.write(order)
        child.stdin.close()
        children.append((child, output))
    results = []
    for child, output in children:
        if child.wait() != 0:
            raise RuntimeError("a share of the campaign failed")
        output.seek(0)
        results += [json.loads(line) for line in output]
    return results


def report(results):
    """stratum x verdict x oracle, and what is wrong."""
    table = collections.Counter(
        (r["stratum"], r["oracle"], str(r["verdict"]), "WRONG" if r["wrong"] else "") for r in results
    )
    lines = [f"{'stratum':22} {'oracle':9} {'verdict':8} {'count':>6}"]
    for (stratum, kind, verdict, wrong), count in sorted(table.items()):
        lines.append(f"{stratum:22} {kind:9} {verdict:8} {count:6} {wrong}".rstrip())
    largest = max((r["size"] for r in results), default=0)
    wrong = [r for r in results if r["wrong"]]
    lines.append(f"{len(results)} runs, largest {largest} KiB, {len(wrong)} wrong")
    reasons = collections.Counter((r["wrong"], r["stratum"]) for r in wrong)
    lines += [f"  {count:5} {reason} ({stratum})" for (reason, stratum), count in reasons.most_common()]
    for reason in reasons:
        some = [r for r in wrong if (r["wrong"], r["stratum"]) == reason][:4]
        lines += [f"    {json.dumps(r)}" for r in some]
    return "\n".join(lines)


def main():
    if sys.argv[1:] == ["--share"]:
        agent, command, seed, numbers, keep = json.load(sys.stdin)
        os.chdir("/")
        for result in work(agent, command, seed, numbers, keep):
            print(json.dumps(result))
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("agent", choices=AGENTS)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--keep", help="copy the homes that went wrong to this folder")
    parser.add_argument("--reader", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    command = given.reader or [os.environ.get("AGENTLAUNCH_BINARY", ROOT / ".build/debug/agentlaunch")]
    results = run(given.agent, command, given.count, given.seed, given.jobs,
                  given.keep and os.path.abspath(given.keep))
    print(report(results))
    return 1 if any(r["wrong"] for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
