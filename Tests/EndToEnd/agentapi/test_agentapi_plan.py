"""agentapi's part of the plan, by dry runs; and what only a start does: it asks agentapi for its release."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest


import plans

URL = "CODER_MCP_AI_AGENTAPI_URL"
KERNEL = 131_071


@pytest.fixture
def place(tmp_path):
    """A home, a project and a folder of programs."""
    for name in ["home", "project", "bin"]:
        (tmp_path / name).mkdir()
    return tmp_path


def environment(place, **more):
    return {"PATH": f"{place}/bin:{plans.PATH}", "HOME": f"{place}/home", **more}


def dry(binary, place, *options, agent="claude", **variables):
    argv = [binary, agent, "--dry-run", "--agentapi", "-o", "json", "--workdir", place / "project", *options]
    return plans.run(argv, environment(place, **variables))


def planned(binary, place, *options, agent="claude", **variables):
    return plans.plan(dry(binary, place, *options, agent=agent, **variables))


def program(place, name, text):
    path = place / "bin" / name
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def agentapi(place, release="0.12.1", then=""):
    """Says its release, and as a server ends at once; each call leaves a line in `calls`."""
    version = f'[ "$1" = --version ] && {{ echo "agentapi version {release}"; exit; }}\n'
    return program(place, "agentapi", f'echo "$1" >> {place}/calls\n{version}{then}\nexit 0\n')


def calls(place):
    path = place / "calls"
    return path.read_text().split() if path.exists() else []


def coder(place):
    """What Coder's main.sh exports before it runs a start script."""
    module = place / "home/.claude-module"
    return {
        "LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8", "AGENTAPI_BOUNDARY_PREFIX": "",
        "AGENTAPI_CHAT_BASE_PATH": "/@owner/space.0f/apps/ccw/chat", "AGENTAPI_ALLOWED_HOSTS": "*",
        "AGENTAPI_PID_FILE": f"{module}/agentapi.pid", "AGENTAPI_STATE_FILE": f"{module}/agentapi-state.json",
        "AGENTAPI_SAVE_STATE": "true", "AGENTAPI_LOAD_STATE": "true",
    }


def test_what_coders_main_script_exports_is_kept_and_shown(binary, place):
    agentapi(place)
    found = planned(binary, place, **coder(place))
    assert found["command"][:8] == [
        "agentapi", "server", "--type", "claude", "--term-width", "67", "--term-height", "1190",
    ]
    assert found["command"][8:] == ["--", *found["agentCommand"]]
    ours = {key: value for key, value in found["environment"]["set"].items() if key.startswith(("AGENTAPI", "CODER"))}
    # Only what differs from what is there: a cold start has no state of its own to load.
    assert ours == {"AGENTAPI_LOAD_STATE": "false"}
    assert [name for name in found["environment"]["unset"] if name.startswith("AGENTAPI")] == []
    kept = [entry["source"] for entry in found["evidence"] if entry["finding"].startswith("kept")]
    assert kept == [f"AGENTAPI_{key}" for key in
                    ["ALLOWED_HOSTS", "CHAT_BASE_PATH", "PID_FILE", "SAVE_STATE", "STATE_FILE"]]
    assert "agentapi-variable-removed" not in plans.codes(found)


def test_coders_boundary_prefix_precedes_the_agent(binary, place):
    wrapper = f"{place}/home/.claude-module/boundary-wrapper.sh"
    found = planned(binary, place, **coder(place) | {"AGENTAPI_BOUNDARY_PREFIX": wrapper})
    assert found["command"][8:10] == ["--", wrapper] and found["command"][10:] == found["agentCommand"]
    found = planned(binary, place, "--wrapper=", **coder(place) | {"AGENTAPI_BOUNDARY_PREFIX": wrapper})
    assert wrapper not in found["command"]


@pytest.mark.parametrize("variables, status, named", [
    ({"AGENTAPI_PORT": "70000"}, 64, "AGENTAPI_PORT"),
    ({"AGENTAPI_TERM_WIDTH": "9"}, 64, "AGENTAPI_TERM_WIDTH"),
    ({"AGENTAPI_TERM_HEIGHT": "many"}, 64, "AGENTAPI_TERM_HEIGHT"),
    ({"AGENTAPI_SAVE_STATE": "maybe"}, 64, "AGENTAPI_SAVE_STATE"),
    ({"AGENTAPI_ALLOWED_HOSTS": "localhost,example.com"}, 64, "AGENTAPI_ALLOWED_HOSTS"),
    ({"AGENTAPI_ALLOWED_ORIGINS": "http://a,http://b"}, 64, "AGENTAPI_ALLOWED_ORIGINS"),
    ({"AGENTAPI_INITIAL_PROMPT": "the secret task"}, 64, "AGENTAPI_INITIAL_PROMPT"),
    ({"AGENTAPI_PORT": "", "AGENTAPI_SAVE_STATE": "", "AGENTAPI_INITIAL_PROMPT": "", "AGENTAPI_TYPE": ""}, 0, None),
])
def test_variables_are_checked_before_anything_is_started(binary, place, variables, status, named):
    for spelled in ["inherited", "--env"]:
        options = [] if spelled == "inherited" else [f"--env={key}={value}" for key, value in variables.items()]
        result = dry(binary, place, *options, **(variables if spelled == "inherited" else {}))
        assert result.returncode == status, result
        if named:
            assert result.stderr.startswith(f"agentlaunch: {named}: ".encode()), result.stderr
            assert result.stderr.count(b"\n") == 1 and b"secret" not in result.stderr


def test_an_error_of_a_variable_starts_neither_agentapi_nor_agent(binary, place):
    agentapi(place)
    program(place, "claude", f"touch {place}/ran\n")
    argv = [binary, "claude", "--agentapi", "--workdir", place / "project", "--prompt", "x"]
    result = plans.run(argv, environment(place, AGENTAPI_ALLOWED_HOSTS="a,b"))
    assert result.returncode == 64
    assert set(calls(place)) <= {"--version"} and not (place / "ran").exists()


@pytest.mark.parametrize("key", ["TYPE", "EXIT", "PRINT_OPENAPI", "EXPERIMENTAL_ACP", "NEW_ONE"])
def test_variables_that_change_what_agentapi_does_are_removed_with_a_warning(binary, place, key):
    name = f"AGENTAPI_{key}"
    for found in [planned(binary, place, **{name: "1"}), planned(binary, place, f"--env={name}=1")]:
        assert found["environment"]["unset"] == [name]
        assert name not in found["environment"]["set"]
        assert plans.codes(found).count("agentapi-variable-removed") == 1


def test_values_of_the_environment_are_not_printed(binary, place):
    secret = "hunter2-hunter2"
    variables = {"AGENTAPI_CHAT_BASE_PATH": f"/{secret}", "AGENTAPI_STATE_FILE": f"{secret}/s", "AGENTAPI_NEW": secret,
                 "AGENTAPI_ALLOWED_HOSTS": f"{secret}.example", "OTHER": secret}
    for form in ["json", "text"]:
        result = dry(binary, place, "-o", form, "--env", f"AGENTAPI_PID_FILE={secret}/p", **variables)
        assert result.returncode == 0
        assert secret.encode() not in result.stdout + result.stderr
    for name in ["PORT", "TERM_WIDTH", "SAVE_STATE", "ALLOWED_ORIGINS"]:
        result = dry(binary, place, **{f"AGENTAPI_{name}": f"{secret},:{secret}"})
        assert result.returncode == 64 and secret.encode() not in result.stderr, result


@pytest.mark.parametrize("options, variables, port", [
    ([], {}, None), (["--port", "4000"], {}, 4000), ([], {"AGENTAPI_PORT": "4000"}, 4000),
    (["--port", "4000"], {"AGENTAPI_PORT": "junk"}, 4000), (["--port=3284"], {"AGENTAPI_PORT": "4000"}, None),
    ([], {URL: "http://localhost:5000"}, 3284), (["--port=5000"], {URL: "http://localhost:5000"}, None),
    (["--port=4000"], {URL: "http://localhost:3284"}, 4000), ([], {URL: "http://localhost:3284"}, None),
])
def test_the_address_for_coders_mcp_server_follows_the_port(binary, place, options, variables, port):
    found = planned(binary, place, *options, **variables)
    expected = None if port is None else f"http://localhost:{port}"
    assert found["environment"]["set"].get(URL) == expected


def servers(port):
    return {"mcpServers": {"coder": {"command": "coder", "env": {URL: f"http://localhost:{port}"}}}}


def pin(place, agent, port):
    home = place / "home"
    if agent == "claude":
        (home / ".claude.json").write_text(json.dumps({"projects": {str(place / "project"): servers(port)}}))
    elif agent == "codex":
        (home / ".codex").mkdir(exist_ok=True)
        (home / ".codex/config.toml").write_text(
            f'[mcp_servers.Coder]\nenv = {{ "A" = "b", "{URL}" = "http://localhost:{port}" }}\n')
    elif agent in ("copilot", "gemini"):
        file = home / {"copilot": ".copilot/mcp-config.json", "gemini": ".gemini/settings.json"}[agent]
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(servers(port)))
    else:
        (home / ".config/goose").mkdir(parents=True, exist_ok=True)
        (home / ".config/goose/config.yaml").write_text(
            f"extensions:\n  coder:\n    envs:\n      A: b\n      {URL}: http://localhost:{port}\n")


@pytest.mark.parametrize("agent", ["claude", "codex", "copilot", "gemini", "goose"])
def test_an_address_that_the_agents_own_configuration_pins_is_a_warning(binary, place, agent):
    assert "mcp-url-pinned" not in plans.codes(planned(binary, place, "--port=4000", agent=agent))
    pin(place, agent, 3284)
    assert "mcp-url-pinned" not in plans.codes(planned(binary, place, agent=agent))
    found = planned(binary, place, "--port=4000", agent=agent)
    messages = [warning["message"] for warning in found["warnings"] if warning["code"] == "mcp-url-pinned"]
    assert len(messages) == 1 and "3284" in messages[0] and str(place / "home") in messages[0]
    pin(place, agent, 4000)
    assert "mcp-url-pinned" not in plans.codes(planned(binary, place, "--port=4000", agent=agent))
    assert "mcp-url-pinned" in plans.codes(planned(binary, place, agent=agent))


def test_claude_settings_of_another_directory_do_not_apply_here(binary, place):
    (place / "home/.claude.json").write_text(json.dumps({"projects": {"/other": servers(3284)}}))
    assert "mcp-url-pinned" not in plans.codes(planned(binary, place, "--port=4000"))


# MARK: agentapi's release


def remembered(place, release, state):
    """As a start of that agentapi left it."""
    path = agentapi(place, release)
    status = path.stat()
    entry = {"inode": status.st_ino, "size": status.st_size,
             "mtime": f"{status.st_mtime_ns // 10**9}.{status.st_mtime_ns % 10**9}", "version": release}
    memory = Path(state) / "agentlaunch/agentapi/versions.json"
    memory.parent.mkdir(parents=True)
    memory.write_text(json.dumps({str(path): entry}))
    return {"XDG_STATE_HOME": str(state)}


@pytest.mark.parametrize("release, warned", [
    ("0.11.8", True), ("0.12.0", False), ("0.12.1", False), ("0.13.0", False),
])
def test_a_release_that_forgets_the_chat_is_a_warning(binary, place, release, warned):
    state = remembered(place, release, place / "state")
    found = planned(binary, place, **state)
    assert ("state-not-kept" in plans.codes(found)) == warned
    assert {"source": f"{place}/bin/agentapi", "status": "ok", "finding": f"agentapi {release}, remembered"} \
        in found["evidence"]
    assert not any("agentapi" in warning["message"] for warning in found["warnings"]
                   if warning["code"] == "version-assumed")
    found = planned(binary, place, "--state-persistence=false", **state)
    assert "state-not-kept" not in plans.codes(found)
    assert not any(name.endswith("_STATE") or name.endswith("STATE_FILE") for name in found["environment"]["set"])
    assert calls(place) == []


def test_a_dry_run_assumes_the_newest_release_and_says_so(binary, place):
    agentapi(place, "0.1.0")
    found = planned(binary, place)
    messages = [warning["message"] for warning in found["warnings"] if warning["code"] == "version-assumed"]
    assert any("agentapi" in message and "0.12.1" in message for message in messages)
    assert "state-not-kept" not in plans.codes(found)
    assert calls(place) == []
    # Where nothing depends on it nothing is said.
    found = planned(binary, place, "--state-persistence=false", "--prompt", "short")
    assert not any("agentapi" in warning["message"] for warning in found["warnings"]
                   if warning["code"] == "version-assumed")


@pytest.mark.parametrize("agent, size, release, status", [
    ("custom", 9, "0.8.0", 64), ("custom", 9, "0.9.0", 0), ("custom", 122_880, "0.9.0", 0),
    ("custom", 122_881, "0.10.2", 64), ("custom", 122_881, "0.11.0", 0), ("claude", KERNEL, "0.8.0", 0),
    ("claude", KERNEL + 1, "0.10.2", 64), ("claude", KERNEL + 1, "0.11.0", 0), ("goose", 1 << 20, "0.8.0", 0),
])
def test_a_prompt_that_the_installed_agentapi_cannot_take_is_refused(binary, place, agent, size, release, status):
    state = remembered(place, release, place / "state")
    (place / "task").write_text("x" * size)
    options = ["--prompt-file", place / "task"] + (["--", "prog"] if agent == "custom" else [])
    result = dry(binary, place, *options, agent=agent, **state)
    assert result.returncode == status, result
    if status:
        assert release.encode() in result.stderr
        assert (b"0.11.0" if size > 122_880 else b"0.9.0") in result.stderr


def start(binary, place, *options, agent="claude", **variables):
    argv = [binary, agent, "--agentapi", "--workdir", place / "project", *options]
    return plans.run(argv, environment(place, **variables))


def test_a_start_asks_once_and_a_replaced_program_again(binary, place):
    program(place, "claude", "exit 0\n")
    agentapi(place, "0.11.8")
    first, second = start(binary, place), start(binary, place)
    assert calls(place) == ["--version", "server", "server"], (first, second)
    assert b"0.11.8 loses the chat" in first.stderr and b"0.11.8 loses the chat" in second.stderr
    assert "state-not-kept" in plans.codes(planned(binary, place))
    (place / "bin/agentapi").unlink()
    agentapi(place, "0.12.1")
    third = start(binary, place)
    assert calls(place)[3:] == ["--version", "server"]
    assert b"loses the chat" not in third.stderr


def test_a_start_that_depends_on_no_release_asks_none(binary, place):
    program(place, "claude", "exit 0\n")
    agentapi(place)
    start(binary, place, "--state-persistence=false", "--prompt", "short")
    assert calls(place) == ["server"]


def test_an_agentapi_that_does_not_answer_is_assumed_to_be_the_newest(binary, place):
    program(place, "claude", "exit 0\n")
    program(place, "agentapi", f'echo "$1" >> {place}/calls\n[ "$1" = --version ] && sleep 600\nexit 0\n')
    result = start(binary, place)
    assert calls(place) == ["--version", "server"]
    assert b"the release of agentapi is unknown; assuming 0.12.1" in result.stderr


def test_agentapi_is_found_outside_path_and_its_absence_is_127(binary, place):
    home = place / "home/.local/bin"
    home.mkdir(parents=True)
    agentapi(place).rename(home / "agentapi")
    found = planned(binary, place)
    assert found["command"][0] == str(home / "agentapi") and "agentapi-not-found" not in plans.codes(found)
    if Path("/usr/local/bin/agentapi").exists():
        pytest.skip("an agentapi in /usr/local/bin")
    (home / "agentapi").chmod(0o644)
    found = planned(binary, place)
    assert found["command"][0] == "agentapi" and "agentapi-not-found" in plans.codes(found)
    program(place, "claude", "exit 0\n")
    result = start(binary, place, "--quiet")
    assert result.returncode == 126 and str(home / "agentapi").encode() in result.stderr
    (home / "agentapi").unlink()
    assert "agentapi-not-found" in plans.codes(planned(binary, place))
    result = start(binary, place, "--quiet")
    assert result.returncode == 127 and b"github.com/coder/agentapi" in result.stderr


def test_what_the_plan_says_is_what_agentapi_gets(binary, place):
    program(place, "claude", "exit 0\n")
    agentapi(place, then=f'printf "%s\\0" agentapi "$@" > {place}/argv; env -0 > {place}/environment')
    inherited = coder(place) | {"AGENTAPI_TYPE": "goose", "LINES": "5", URL: "http://localhost:3284", "PWD": "/"}
    options = ["--port", "4001", "--env", "A=b", "--env", "AGENTAPI_EXIT=1", "--env", "AGENTAPI_PID_FILE=p"]
    found = planned(binary, place, *options, **inherited)
    start(binary, place, *options, **inherited)
    assert (place / "argv").read_text().split("\0")[:-1] == found["command"]
    got = dict(entry.split("=", 1) for entry in (place / "environment").read_text().split("\0") if entry)
    got.pop("_", None)
    expected = environment(place, **inherited)
    for name in found["environment"]["unset"]:
        expected.pop(name, None)
    for name, value in found["environment"]["set"].items():
        expected[name] = value
    private = {"A": "b", "AGENTAPI_PID_FILE": f"{place}/project/p"}
    for name, value in private.items():
        assert expected[name] == f"<{len(value)} bytes>"
        expected[name] = value
    expected.pop("_", None)
    assert got == expected


# MARK: Limits


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def told(place):
    """A claude that writes its last argument's digest, and what it got."""
    program(place, "claude", f'for last; do :; done\nprintf %s "$last" | sha256sum > {place}/got\n')

    def read():
        path = place / "got"
        return path.read_text().split()[0] if path.exists() else None

    return read


def direct(binary, place, *options, **variables):
    argv = [binary, "claude", "--direct", "--quiet", "--workdir", place / "project", *options]
    return plans.run(argv, environment(place, **variables))


@pytest.mark.parametrize("way", ["argument", "variable", "base64", "file", "input"])
def test_a_prompt_at_its_limit_arrives_unchanged(binary, place, told, way):
    import base64

    if way == "argument":
        text = "é" * (KERNEL // 2) + "x"
        assert direct(binary, place, "--prompt", text).returncode == 0
    elif way == "variable":
        text = "x" * (KERNEL - len("TASK="))
        assert direct(binary, place, "--prompt-env", "TASK", TASK=text).returncode == 0
    elif way == "base64":
        text = "x" * ((KERNEL - len("TASK=")) // 4 * 3)
        encoded = base64.b64encode(text.encode()).decode()
        assert direct(binary, place, "--prompt-base64-env", "TASK", TASK=encoded).returncode == 0
    else:
        text = "y" * KERNEL
        (place / "task").write_text(text)
        if way == "file":
            assert direct(binary, place, "--prompt-file", place / "task").returncode == 0
        else:
            argv = [binary, "claude", "--direct", "--quiet", "--workdir", place / "project", "--prompt-file=-"]
            with open(place / "task") as task:
                done = subprocess.run([str(word) for word in argv], env=environment(place), stdin=task,
                                      capture_output=True, timeout=60, start_new_session=True)
            assert done.returncode == 0, done
    assert told() == digest(text)


def test_one_byte_more_than_an_argument_holds_is_refused_before_anything_runs(binary, place, told):
    (place / "task").write_text("x" * (KERNEL + 1))
    result = direct(binary, place, "--prompt-file", place / "task")
    assert result.returncode == 64 and str(KERNEL).encode() in result.stderr and told() is None
    found = planned(binary, place, "--prompt-file", place / "task")
    assert found["prompt"]["delivery"] == "stdin" and found["prompt"]["bytes"] == KERNEL + 1


@pytest.mark.parametrize("extra, status", [(0, 0), (1, 64)])
def test_a_prompt_file_holds_1_mib(binary, place, extra, status):
    (place / "task").write_text("x" * ((1 << 20) + extra))
    result = dry(binary, place, "--prompt-file", place / "task", agent="goose")
    assert result.returncode == status, result
    if status:
        assert b"1 MiB" in result.stderr
    else:
        assert plans.plan(result)["prompt"]["bytes"] == 1 << 20


@pytest.mark.parametrize("extra, status", [(0, 0), (1, 64)])
def test_a_variable_for_the_agent_at_its_limit_arrives_and_one_byte_more_is_refused(binary, place, extra, status):
    value = "v" * (KERNEL - len("BIG=") + extra)
    (place / "variables").write_text(f"BIG={value}\n")
    program(place, "claude", f'printf %s "$BIG" | sha256sum > {place}/got\n')
    result = direct(binary, place, "--env-file", place / "variables")
    assert result.returncode == status, result
    if status:
        assert result.stderr.startswith(b"agentlaunch: BIG: ") and b"vvv" not in result.stderr
        assert not (place / "got").exists() and not list((place / "home").rglob("record.json"))
    else:
        assert (place / "got").read_text().split()[0] == digest(value)


def test_more_than_the_kernel_takes_in_all_is_refused_before_anything_runs(binary, place):
    program(place, "claude", f"touch {place}/ran\n")
    lines = "".join(f"V{number}={'v' * 100_000}\n" for number in range(10))
    (place / "variables").write_text(lines)
    # A stack of 2 MiB: 512 KiB for arguments and environment.
    shell = 'ulimit -s 2048 && exec "$@"'
    argv = ["sh", "-c", shell, "sh", binary, "claude", "--direct", "--quiet", "--workdir", place / "project"]
    result = plans.run([*argv, "--env-file", place / "variables"], environment(place))
    assert result.returncode == 64 and b"524288" in result.stderr, result
    assert not (place / "ran").exists()


# MARK: A dry run leaves nothing


def test_dry_runs_print_the_same_twice_write_nothing_and_run_nothing(binary, place):
    agentapi(place)
    for name in ["claude", "codex", "goose"]:
        program(place, name, f"touch {place}/ran\n")
        pin(place, name, 3284)
    variables = coder(place) | {"XDG_STATE_HOME": f"{place}/state", "AGENTAPI_TYPE": "x"}
    before = plans.trace(place)
    for name in ["claude", "codex", "goose"]:
        options = ["--port", "4000", "--prompt", "a task"]
        first, second = (dry(binary, place, *options, agent=name, **variables) for _ in range(2))
        assert first.stdout == second.stdout and first.returncode == 0
        shuffled = dict(reversed(list(variables.items())))
        assert plans.plan(first) == plans.plan(dry(binary, place, *options, agent=name, **shuffled))
    assert plans.trace(place) == before


def test_a_dry_run_opens_no_socket(binary, place):
    agentapi(place)
    log = place / "strace"
    argv = ["strace", "-f", "-qq", "-e", "trace=network,execve", "-o", log, binary, "claude", "--dry-run", "--agentapi"]
    try:
        result = plans.run([*argv, "--prompt", "x"], environment(place))
    except FileNotFoundError:
        pytest.skip("strace is missing")
    assert result.returncode == 0, result
    # The dry run's own execve, and nothing else.
    assert [line.split("(")[0].split()[-1] for line in log.read_text().splitlines() if "(" in line] == ["execve"]
