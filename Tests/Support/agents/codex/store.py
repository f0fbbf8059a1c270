"""Codex's conversations as it writes them, as short as they can be."""

from pathlib import Path

from doubles.files import append, now, rfc3339, uuid7


def write(home, workdir, texts, token=None, at=None, answered=True):
    at = at or now()
    token = token or uuid7()
    root = Path(home) / ".codex/sessions"
    known = list(root.rglob(f"rollout-*-{token}.jsonl"))
    stamp = rfc3339(at)
    lines = []
    if not known:
        lines.append({"timestamp": stamp, "type": "session_meta", "payload": {
            "id": token, "timestamp": stamp, "cwd": str(workdir), "originator": "codex-tui",
            "cli_version": "0.163.0", "source": "cli", "thread_source": "user", "model_provider": "openai"}})
    path = known[0] if known else root / at.strftime(f"%Y/%m/%d/rollout-%Y-%m-%dT%H-%M-%S-{token}.jsonl")
    for text in texts:
        lines.append({"timestamp": stamp, "type": "turn_context", "payload": {"cwd": str(workdir)}})
        lines.append({"timestamp": stamp, "type": "response_item", "payload": {
            "type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}})
        if answered:
            lines.append({"timestamp": stamp, "type": "response_item", "payload": {
                "type": "message", "role": "assistant",
                "content": [{"type": "output_text", "text": "Done."}]}})
            lines.append({"timestamp": stamp, "type": "event_msg", "payload": {"type": "task_complete"}})
    append(path, lines)
    return token
