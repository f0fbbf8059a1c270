"""Which faults a campaign of so many cycles has, and on which bench each of them comes."""

import dataclasses
import random

from . import agents, faults, windows

CYCLES_OF_A_BENCH = 6


def can_type(program):
    """The build types prompts into the terminals of direct starts: it has the points around that."""
    return windows.TYPED_POINTS[0][0].encode() in program.read_bytes()


def doubles(names, with_typing):
    """The agents of these names; those that take no prompt on their command line also direct, if it can be typed."""
    chosen = [agents.BY_NAME[name] for name in (names.split(",") if names else agents.BY_NAME)]
    if not with_typing:
        return chosen
    return [dataclasses.replace(agent, transports=("direct", "agentapi")) if agent.takes_messages else agent
            for agent in chosen]


def draw(count, seed, moments, others):
    """So many faults in an order of chance, each moment of a kill as often as the next; one in six is no kill."""
    chance = random.Random(f"{seed}/windows")
    found, moments = [], list(moments)
    while len(found) < count:
        chance.shuffle(moments)
        found += moments + [("fault", chance.choice(others)) for _ in range(len(moments) // 5)]
    found = found[:count]
    chance.shuffle(found)
    return found


def benches(cycles, seed, chosen, with_mounts, with_typing):
    """(seed, agent, transport, faults) of each bench."""
    chance = random.Random(f"{seed}/agents")
    with_agentapi = [agent for agent in chosen if "agentapi" in agent.transports]
    by_message = [agent for agent in with_agentapi if agent.takes_messages]
    typed = by_message if with_typing else []
    # Where a moment can come: the agents, and the transport it wants.
    pools = {
        "any": (chosen, None), "agentapi": (with_agentapi, "agentapi"), "message": (by_message, "agentapi"),
        "typed": (typed, "direct"),
    }
    # The late points twice more: a second record is written only by a start that saw a delivery.
    moments = [window for window in windows.timed() + windows.points() + 2 * windows.late_points()
               if pools[place(window)][0]]
    others = [name for name in faults.FAULTS if with_mounts or name not in faults.MOUNTS]
    drawn, found = draw(cycles, seed, moments, others), []
    for name, (pool, transport) in pools.items():
        here, order = [fault for fault in drawn if place(fault) == name], []
        for start in range(0, len(here), CYCLES_OF_A_BENCH):
            if not order:
                order = list(pool)
                chance.shuffle(order)
            agent = order.pop()
            found.append((f"{seed}/{len(found)}", agent, transport or chance.choice(agent.transports),
                          here[start:start + CYCLES_OF_A_BENCH]))
    return found


def place(fault):
    if fault in windows.typed_points():
        return "typed"
    if fault in windows.chat_points():
        return "message"
    return "agentapi" if fault[:2] == ("time", "agentapi") else "any"
