"""The agents that EndToEnd/agents/test_every_agent.py drives: doubles of all, and the real ones that can be had."""

import agents

KINDS = {name: kind for module in agents.with_part("agent").values() for name, kind in module.KINDS.items()}
