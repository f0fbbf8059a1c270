"""Each test has a time limit, so that an endless one fails.

Those of the end-to-end tests are tried. The unit tests' are whole minutes, so they are looked for; as they end no test
that never awaits, Support/TimeLimit.swift ends the program, and that is tried.
"""

import os
import re
import subprocess
import sys

import pytest

from project import PROJECT

ENDLESS = {
    "sleep": "time.sleep(3600)",
    "loop": "while True: pass",
    "read": "os.read(os.pipe()[0], 1)",
    "child": "subprocess.run(['sleep', '3600'])",
}


def pytest_run(folder, text, *options):
    (folder / "test_endless.py").write_text(f"import os, pytest, subprocess, time\n{text}")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-c", PROJECT / "pytest.ini", "--rootdir", folder, "-p", "no:cacheprovider", *options,
         folder], capture_output=True, text=True, timeout=50,
    )


@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS)
def test_an_endless_test_fails_at_its_own_limit(tmp_path, body):
    run = pytest_run(tmp_path, f"@pytest.mark.timeout(1)\ndef test_it():\n    {body}\n")
    assert run.returncode == 1 and "Failed: Timeout" in run.stdout, run.stdout + run.stderr


def test_a_test_without_a_limit_of_its_own_has_the_default(tmp_path, pytestconfig):
    assert 0 < float(pytestconfig.getini("timeout")) <= 60
    run = pytest_run(tmp_path, "def test_it():\n    time.sleep(3600)\n", "-o", "timeout=1")
    assert run.returncode == 1 and "Failed: Timeout" in run.stdout, run.stdout + run.stderr


def unlimited(swift):
    """The first test of each suite that sets no time limit; a suite ends where a line is nothing but a brace."""
    suites = [suite for suite in re.split(r"^}$", swift, flags=re.M) if "@Test" in suite]
    return [re.search("@Test.*", suite)[0] for suite in suites if ".timeLimit(.minutes(1))" not in suite.split("@Test")[0]]


def test_each_suite_of_unit_tests_has_a_limit_of_a_minute():
    files = [path for path in (PROJECT / "Tests").rglob("*.swift") if "@Test" in path.read_text()]
    assert len(files) > 50
    assert not {path.name: found for path in files if (found := unlimited(path.read_text()))}


def test_an_endless_unit_test_ends_the_program():
    tests = PROJECT / ".build/debug/agentlaunchPackageTests.xctest"
    assert tests.exists(), "run swift build --build-tests"
    environment = {**os.environ, "PLANTED_TEST": "1", "UNIT_TEST_SECONDS": "2"}
    run = subprocess.run([tests, "--testing-library", "swift-testing", "--filter", "PlantedTests"],
                         capture_output=True, text=True, timeout=50, env=environment)
    assert run.returncode == 1 and "they took too long" in run.stderr, run.stdout + run.stderr


def test_a_suite_and_a_test_without_a_limit_are_seen():
    limited = '@Suite("A", .timeLimit(.minutes(1)))\nstruct A {\n    @Test("a") func a() {}\n}\n'
    assert unlimited(limited) == []
    assert unlimited(limited + '@Suite("B")\nstruct B {\n    @Test("b") func b() {}\n}\n') == ['@Test("b") func b() {}']
    assert unlimited(limited + '@Test("c") func c() {}\n') == ['@Test("c") func c() {}']
