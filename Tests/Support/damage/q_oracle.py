"""What the parser of Amazon Q, and of Kiro's first engine, takes for a conversation: docs/agents/amazonq.md#rows, read strictly."""

import datetime
import json
import re

from .line_oracle import refuse, too_deep

DEEPEST = 127  # serde's own limit, as measured with Codex
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def _text(node, name, optional=False):
    found = node.get(name)
    return found is None and optional or isinstance(found, str)


def _turn(item):
    user, assistant = item["user"], item["assistant"]
    stamp = user.get("timestamp")
    if stamp is not None:
        if not _TIME.fullmatch(stamp):
            return False
        datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", stamp.upper()).replace("Z", "+00:00"))
    if not (_text(user, "additional_context") and isinstance(user["env_context"], dict)
            and isinstance(user.get("images", []), (list, type(None)))):
        return False
    (kind, content), = user["content"].items()
    results = content.get("tool_use_results")
    if kind == "Prompt":
        if not _text(content, "prompt"):
            return False
    elif kind == "CancelledToolUses":
        if not (_text(content, "prompt", True) and isinstance(results, list)):
            return False
    elif kind != "ToolUseResults" or not isinstance(results, list):
        return False
    (kind, answer), = assistant.items()
    if not (_text(answer, "content") and _text(answer, "message_id", True)):
        return False
    return kind == "Response" or kind == "ToolUse" and isinstance(answer["tool_uses"], list)


def conversation(text):
    """(id, whether something was said), or None where the parser gives up."""
    if not isinstance(text, bytes) or too_deep(text, DEEPEST):
        return None
    try:
        tree = json.loads(text.decode(), parse_constant=refuse)
        json.dumps(tree, ensure_ascii=False).encode()  # half a pair has no UTF-8
        span = tree["valid_history_range"]
        right = (_text(tree, "conversation_id") and isinstance(tree["history"], list) and len(span) == 2
                 and isinstance(span, list) and all(type(n) is int and n >= 0 for n in span)
                 and isinstance(tree["transcript"], list) and all(isinstance(t, str) for t in tree["transcript"])
                 and isinstance(tree["tools"], dict) and all(_turn(item) for item in tree["history"]))
        return (tree["conversation_id"], bool(tree["history"])) if right else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None
