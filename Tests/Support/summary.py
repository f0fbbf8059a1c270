"""Sums up the JUnit XML reports given: the slowest tests, each failed and each skipped one, one closing line."""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree

SLOWEST = 10

passed, failed, skipped, seconds = 0, [], [], []
for report in map(pathlib.Path, sys.argv[1:]):
    if not report.exists():  # the runner died before it wrote one
        failed.append(f"{report}: no report")
        continue
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        reason = case.find("skipped")
        seconds.append((float(case.get("time") or 0), name))
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        elif reason is not None:
            skipped.append(f"{name}: {reason.get('message') or 'no reason given'}")
        else:
            passed += 1

for taken, name in sorted(seconds, reverse=True)[:SLOWEST]:
    print(f"{taken:7.1f} s {name}")
for name in failed:
    print("failed: ", name)
for line in skipped:
    print("skipped:", line)
print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped")
sys.exit(1 if failed or passed == 0 else 0)
