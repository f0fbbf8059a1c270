"""A store that is kept on a volume, behind a symbolic link somewhere on the way to it, while the volume is missing."""

from pathlib import Path

import pytest

import plans

from doubles.adoption_homes import HOMES, ONE_OF_A_DIRECTORY

TASK = "Paint the harbour wall"
MAKERS = {agent: homes for agent, homes in {**HOMES, **ONE_OF_A_DIRECTORY}.items() if hasattr(homes, "folder")}
# Each folder on the way to what the agent keeps may be the link.
LINKS = [
    (agent, str(Path(*parts[:count])))
    for agent, parts in ((agent, Path(homes.folder).parts) for agent, homes in MAKERS.items())
    for count in range(1, len(parts) + 1)
]


@pytest.mark.parametrize("agent, link", LINKS)
def test_a_link_to_a_volume_that_is_not_mounted_is_unknown_and_names_the_link(binary, tmp_path, agent, link):
    home, project, volume, gone = (tmp_path.resolve() / name for name in ("home", "project", "volume", "gone"))
    for folder in (home, project):
        folder.mkdir()
    MAKERS[agent].put(home, project, TASK, 1)
    (home / link).rename(volume)
    (home / link).symlink_to(volume)

    def run():
        words = [binary, agent, "--dry-run", "-o", "json", "--agentapi", "--workdir", project, "--prompt", TASK]
        variables = {"HOME": str(home), "PATH": plans.PATH, "XDG_STATE_HOME": str(tmp_path / "state")}
        return plans.run(words, variables)

    assert plans.plan(run())["start"] == "warm"
    volume.rename(gone)
    result = run()
    assert plans.plan(result)["start"] == "unknown"
    assert f"agentlaunch: {home / link}: " in result.stderr.decode()
    gone.rename(volume)
    assert plans.plan(run())["start"] == "warm"
