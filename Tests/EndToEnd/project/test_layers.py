"""The layers of the product: no file uses what is declared in a layer above its own.

`Sources/AgentLaunchCore` is one module, so an ordinary build does not look. Here the compiler checks the sources layer
by layer, each together with those below it and without those above: whatever reaches upwards cannot be found.
"""

import subprocess

import pytest

from project import PROJECT

CORE = PROJECT / "Sources/AgentLaunchCore"
# From the bottom up; ARCHITECTURE.md says what each is for.
LAYERS = [
    "System", "Terminal", "Readers", "Agents/Model", "Agents/Shared", "Agents", "Request", "Decision",
    "AgentAPI/Protocol", "Runs", "Plan", "Supervision", "AgentAPI/Runtime", "Launch", "CommandLine",
]


def layer(path):
    """The layer of a source file: the longest of the folders that it is in."""
    folders = [folder for folder in LAYERS if path.is_relative_to(CORE / folder)]
    return max(folders, key=len, default=None)


def sources():
    files = {folder: [] for folder in LAYERS}
    for path in sorted(CORE.rglob("*.swift")):
        assert layer(path), f"{path.relative_to(PROJECT)} is in none of the layers of this test"
        files[layer(path)].append(path)
    return files


@pytest.fixture(scope="module")
def check(tmp_path_factory):
    """check(files, below): what the compiler says of these files with those below them and without all others."""
    module_map = tmp_path_factory.mktemp("modules") / "module.modulemap"
    headers = PROJECT / "Sources/CPseudoTerminal/include"
    module_map.write_text(f'module CPseudoTerminal {{ umbrella "{headers}" export * }}\n')
    maps = [module_map, PROJECT / "Sources/CSQLite/module.modulemap"]

    def run(files, below):
        # The frontend itself: it checks primary files whole, and of the others only what these use.
        command = ["swiftc", "-frontend", "-typecheck", "-swift-version", "6", "-module-name", "AgentLaunchCore"]
        for path in maps:
            command += ["-Xcc", f"-fmodule-map-file={path}"]
        for path in files:
            command += ["-primary-file", path]
        result = subprocess.run([*command, *below], capture_output=True, text=True, timeout=50)
        errors = [line for line in result.stderr.splitlines() if ": error: " in line]
        assert result.returncode == 0 or errors, result.stderr
        return errors

    return run


@pytest.mark.parametrize("top", LAYERS)
def test_a_layer_compiles_without_those_above_it(check, top):
    files = sources()
    below = [path for folder in LAYERS[: LAYERS.index(top)] for path in files[folder]]
    assert check(files[top], below) == []


def test_no_agent_uses_another_agents_folder(check):
    files = sources()
    below = [path for folder in LAYERS[: LAYERS.index("Agents")] for path in files[folder]]
    folders = sorted({path.parent for path in files["Agents"]} - {CORE / "Agents"})
    assert folders
    errors = {folder.name: check(sorted(folder.glob("*.swift")), below) for folder in folders}
    assert {name: found for name, found in errors.items() if found} == {}


def test_a_member_that_is_declared_above_is_seen(check, tmp_path):
    lower, upper = tmp_path / "Lower.swift", tmp_path / "Upper.swift"
    lower.write_text("struct Lower {}\nfunc f(_ value: Lower) -> Int { value.above }\n")
    upper.write_text("extension Lower { var above: Int { 1 } }\n")
    assert check([lower], [upper]) == []
    assert any("has no member 'above'" in line for line in check([lower], []))
