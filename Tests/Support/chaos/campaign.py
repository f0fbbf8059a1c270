"""The fault campaign: benches of several cycles each, a cycle being one start, cold or warm, with one fault.

    scripts/campaign chaos --cycles 1000 --jobs 2        prints the seed, what was wrong, and the kills by window

Every bench ends with a start that nothing happens to.
"""

import argparse
import collections
import concurrent.futures
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from . import agents, clean, faults, kills, oracle, schedule, windows
from .bench import Bench

PROJECT = Path(__file__).resolve().parents[3]


@dataclass
class Result:
    seed: str
    wrong: list = field(default_factory=list)
    kills: list = field(default_factory=list)
    counts: collections.Counter = field(default_factory=collections.Counter)
    seconds: float = 0.0
    folder: Path = None


class Episode:
    """One bench from its first start to its last."""

    def __init__(self, seed, agent, transport, cycles, root, binaries):
        self.chance = random.Random(seed)
        self.result = Result(seed)
        self.cycles = cycles
        self.bench = self.make_bench(root / seed.replace("/", "-"), agent, binaries)
        self.result.folder = self.bench.root
        self.bench.extra["AGENT_DOUBLE_ANSWER_DELAY"] = self.chance.choice(["0", "0", "0.3"])
        self.bench.extra["GOOSE_DOUBLE_ANSWER_DELAY"] = self.bench.extra["AGENT_DOUBLE_ANSWER_DELAY"]
        self.transport = transport

    def make_bench(self, root, agent, binaries):
        return Bench(root, agent, binaries)

    def run(self):
        begun = time.monotonic()
        try:
            for number, fault in enumerate(self.cycles):
                self.cycle(number, fault)
            self.note("the clean start", clean.start(self.bench, self.transport))
        except Exception:
            self.result.wrong.append(f"the bench itself failed: {traceback.format_exc()}")
        finally:
            self.bench.kill_everything()
            self.bench.close()
        for task in self.bench.tasks:
            self.result.counts["taken again by the agent (Amazon Q, Kiro v1)"] += max(
                0, oracle.received(self.bench, task) - 1)
        self.result.seconds = time.monotonic() - begun
        if not self.result.wrong:
            shutil.rmtree(self.bench.root)
        return self.result

    def cycle(self, number, fault):
        bench, result = self.bench, self.result
        self.another_task(fault)
        if fault[1].startswith("move."):
            # A chat to be moved is left by a run that was stopped, not killed.
            self.note(f"before cycle {number}", clean.start(bench, self.transport))
        before, since = oracle.store(bench), len(bench.seen())
        kind = "cold" if not any(texts for _, texts in bench.conversations()) else "warm"
        result.counts[f"{bench.agent.name} {self.transport} {kind}"] += 1
        if fault[0] == "time":
            at, wrong = kills.at_a_moment(bench, self.transport, fault[1], windows.moment(self.chance, fault[2]))
            if at is not None:
                result.kills.append(("time", fault[1], windows.span_of(at)))
        elif fault[0] == "point":
            reached, wrong = kills.at_a_point(bench, self.transport, fault[1], fault[2])
            if reached:
                result.kills.append(fault)
            else:
                result.counts["a point that was not passed"] += 1
        else:
            wrong = faults.FAULTS[fault[1]](bench, self.transport, self.chance)
            result.counts[fault[1]] += 1
        is_full = fault == ("fault", "disk full, home")
        moved = faults.follow_the_advice(bench, self.transport, "" if is_full else faults.NO_TABLE)
        result.counts["half-made stores, moved away as agentlaunch says"] += moved
        if not is_full and not moved and fault != ("fault", "from the future"):
            wrong = wrong + oracle.touched(bench, before, since)
        wrong = wrong + oracle.repeats(bench) + oracle.received_twice(bench)
        wrong += oracle.broken_records(bench) + oracle.plan(bench, self.transport)
        self.note(f"cycle {number}, {fault}, {kind}", wrong)

    def another_task(self, fault):
        """For a conversation that goes on: for a POST always, else once now and then."""
        bench, last = self.bench, self.bench.tasks[-1]
        if not bench.agent.takes_a_second or not bench.count(bench.tasks[0]):
            return
        if fault[1].startswith("post."):
            if not bench.count(last):
                if bench.dry(self.transport)[1]["prompt"]["given"] != "unknown":
                    return  # it is still to be given
                bench.doubted.add(last)
        elif len(bench.tasks) > 1 or self.chance.random() >= 0.2:
            return
        bench.tasks.append(f"task {len(bench.tasks) + 1} of {bench.root.name}")

    def note(self, where, wrong):
        self.result.wrong += [f"{self.bench.agent.name} {self.transport}, {where}: {what}" for what in wrong]


def episode(*arguments):
    return Episode(*arguments).run()


def run(options):
    root = Path(tempfile.mkdtemp(prefix="chaos-", dir=options.folder))
    with_mounts = faults.can_mount()
    if not with_mounts:
        print("no mounts are permitted here: disk full and read-only are left out")
    binaries = {"timed": str(options.binary.resolve()), "debug": str(options.debug.resolve())}
    with_typing = not options.real and schedule.can_type(options.debug)
    chosen, one = schedule.doubles(options.agents, with_typing), episode
    if options.real:
        from . import real
        chosen, one = [real.agent(options.real)], real.episode
    work = schedule.benches(options.cycles, options.seed, chosen, with_mounts, with_typing)
    print(f"seed {options.seed}, {options.cycles} cycles, {len(work)} benches, {options.jobs} at a time", flush=True)
    begun, results = time.monotonic(), []
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        futures = [pool.submit(one, seed, agent, transport, faults_, root, binaries) for seed, agent, transport, faults_ in work]
        for future in concurrent.futures.as_completed(futures):
            results.append(result := future.result())
            for what in result.wrong:
                print(f"WRONG {result.seed}: {what}\n      in {result.folder}", flush=True)
    drawn = {fault for *_, faults_ in work for fault in faults_}
    report(results, [window for window in windows.timed() + windows.points() if window in drawn],
           time.monotonic() - begun, root)
    wrong = sum(bool(result.wrong) for result in results)
    if not wrong:
        shutil.rmtree(root)
    return 1 if wrong else 0


def report(results, among, seconds, root):
    hit = [window for result in results for window in result.kills]
    counts = sum((result.counts for result in results), collections.Counter())
    print(windows.histogram(hit, among))
    for name, count in sorted(counts.items()):
        print(f"{count:6} {name}")
    wrong = [what for result in results for what in result.wrong]
    least = min((collections.Counter(hit)[window] for window in among), default=0)
    print(f"{len(hit)} kills, {least} in the least of the windows; {len(results)} clean starts; {seconds:.0f} s; "
          + (f"{len(wrong)} things wrong, in {root}" if wrong else "nothing wrong"))


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="scripts/campaign chaos", description=__doc__.splitlines()[0])
    parser.add_argument("--cycles", type=int, default=1000)
    parser.add_argument("--seed", default=str(int(time.time())))
    parser.add_argument("--agents", help="some of " + ",".join(agents.BY_NAME))
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--binary", type=Path, default=PROJECT / "dist/agentlaunch", help="for the kills by time")
    parser.add_argument("--debug", type=Path, default=PROJECT / ".build/debug/agentlaunch", help="for the named points")
    parser.add_argument("--folder", help="where the scratch homes are made")
    parser.add_argument("--real", choices=("codex", "claude"), help="the real agent in place of the doubles")
    options = parser.parse_args(arguments)
    for path in (options.binary, options.debug):
        if not path.is_file():
            parser.error(f"{path} is missing: run scripts/build-release and swift build")
    return run(options)


if __name__ == "__main__":
    sys.exit(main())
