"""The floors of the product: what is on one of them uses nothing of those above.

`Sources/AgentLaunchCore` is one module, so the compiler does not look. This goes by names, as text: the types and
functions that a folder declares at top level, and where they are written elsewhere.
"""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "Sources/AgentLaunchCore"
# From the ground up. What watches over agentapi and what watches over any child are on one floor.
FLOORS = ["System", "Stores", "Agents", "Request", "Decision", "Plan", "Terminal", "Supervision AgentAPI", "CommandLine"]
LEVEL = {folder: level for level, floor in enumerate(FLOORS) for folder in floor.split()}
# Known, each with its reason.
UP = {
    # Aider keeps its conversations where agentlaunch puts them: in the folders of its records.
    ("Agents/AiderStore.swift", "RecordFile"),
    # Whether a text is short enough for a message is known where messages are made.
    ("Plan/PromptDelivery.swift", "ChatRequest"),
}
DECLARED = re.compile(
    r"^(?:public |final |indirect )*(?:struct|class|enum|protocol|typealias|func)\s+(\w+)", re.MULTILINE
)


def code(path):
    """Without comments; of a string only what is computed in it."""
    text = re.sub(r"//.*", "", path.read_text())
    return re.sub(r'"(?:\\.|[^"\\\n])*"', lambda found: " ".join(re.findall(r"\\\(([^\"]*)\)", found[0])), text)


def arrows_up(sources):
    """(file, name) of every use of a name that is declared on higher floors alone."""
    homes = defaultdict(set)
    for path, text in sources.items():
        for name in DECLARED.findall(text):
            homes[name].add(LEVEL[path.split("/")[0]])
    found = set()
    for path, text in sources.items():
        level = LEVEL[path.split("/")[0]]
        # Neither members nor what the file itself calls so.
        own = set(re.findall(r"\b(?:func|let|var|case)\s+(\w+)", text))
        for name, called in set(re.findall(r"(?<![.\w])([A-Za-z_]\w+)\b(\()?", text)):
            isUsed = name[0].isupper() or (called and name not in own)
            if isUsed and homes.get(name) and min(homes[name]) > level:
                found.add((path, name))
    return found


def test_no_floor_uses_what_is_above_it():
    sources = {str(path.relative_to(ROOT)): code(path) for path in ROOT.rglob("*.swift")}
    assert {path.split("/")[0] for path in sources} == set(LEVEL)
    assert arrows_up(sources) == UP


def test_an_arrow_that_goes_up_is_seen():
    sources = {
        "CommandLine/A.swift": "struct Above {}\nfunc above() {}\nstruct Shared {}",
        "System/B.swift": 'struct Shared {}\nfunc f(_ a: Above) { x.above(Shared()) }\nlet s = "\\(above())"',
    }
    assert arrows_up(sources) == {("System/B.swift", "Above"), ("System/B.swift", "above")}
