"""The moments of the kills: six spans of time after an exec, and the named points of a debug build."""

import collections
import math

FIRST, LAST, SPANS = 10e-6, 3.0, 6
TARGETS = ("launcher", "agentapi", "agent")
STEP = math.log(LAST / FIRST) / SPANS

# NAME:N is the N-th passing; `parent` is the launcher, killed by its child between fork and exec. record.* and write.*
# are passed at several places of a start: the second and third are those after the exec.
POINTS = [
    ("fork.before", "kill"), ("fork.after", "kill"), ("exec.before", "kill"), ("exec.before", "parent"),
    ("exec.after", "kill"), ("write.before", "kill"), ("write.before:2", "kill"), ("rename.before", "kill"),
    ("rename.before:2", "kill"), ("rename.before:3", "kill"), ("rename.after", "kill"), ("rename.after:2", "kill"),
    ("record.before", "kill"), ("record.after", "kill"), ("record.before:2", "kill"), ("record.after:2", "kill"),
]
CHAT_POINTS = [("move.before", "kill"), ("move.after", "kill"), ("post.before", "kill"), ("post.after", "kill")]

# A prompt that is typed in a direct start: before the paste, after it, and after Enter.
TYPED_POINTS = [("typed.before", "kill"), ("typed.after", "kill")]


def bounds(span):
    return FIRST * math.exp(STEP * span), FIRST * math.exp(STEP * (span + 1))


def moment(random, span):
    low, high = bounds(span)
    return math.exp(random.uniform(math.log(low), math.log(high)))


def span_of(seconds):
    return max(0, min(SPANS - 1, int(math.log(max(seconds, FIRST) / FIRST) / STEP)))


def time_name(seconds):
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} us"
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


def timed():
    return [("time", target, span) for target in TARGETS for span in range(SPANS)]


def points():
    return [("point", *point) for point in POINTS + CHAT_POINTS + TYPED_POINTS]


def chat_points():
    return [("point", *point) for point in CHAT_POINTS]


def typed_points():
    return [("point", *point) for point in TYPED_POINTS]


def late_points():
    return [window for window in points() if window[1] in ("record.before:2", "record.after:2")]


def label(window):
    if window[0] == "time":
        low, high = map(time_name, bounds(window[2]))
        return f"{window[1]:9} {low:>8} to {high}"
    return f"{window[1]:16} {'launcher, by its child' if window[2] == 'parent' else ''}".rstrip()


def histogram(kills, among):
    """One line for each of these windows: how many kills fell into it."""
    counts = collections.Counter(kills)
    most = max(counts.values(), default=1)
    lines = [f"{label(window):36} {counts[window]:5} {'#' * math.ceil(40 * counts[window] / most)}"
             for window in among]
    return "\n".join(lines)
