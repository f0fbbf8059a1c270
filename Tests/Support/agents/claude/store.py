"""Claude Code's conversations as it writes them, as short as they can be."""

import re
import uuid
from pathlib import Path

from doubles.files import append, now, rfc3339


def write(home, workdir, texts, token=None, at=None, answered=True):
    """Adds one turn for each text; makes the transcript if it is not there. Returns the id."""
    token, at = token or str(uuid.uuid4()), at or now()
    folder = re.sub("[^A-Za-z0-9]", "-", str(workdir))
    path = Path(home) / ".claude/projects" / folder / f"{token}.jsonl"
    lines = [{"type": "permission-mode", "permissionMode": "default", "sessionId": token}]
    for text in texts:
        common = {"sessionId": token, "cwd": str(workdir), "version": "2.1.329", "isSidechain": False,
                  "userType": "external", "timestamp": rfc3339(at)}
        user, answer = str(uuid.uuid4()), str(uuid.uuid4())
        lines.append({**common, "type": "user", "uuid": user, "parentUuid": None,
                      "message": {"role": "user", "content": text}})
        if answered:
            lines.append({**common, "type": "assistant", "uuid": answer, "parentUuid": user, "message": {
                "id": f"msg_{answer}", "type": "message", "role": "assistant", "stop_reason": "end_turn",
                "content": [{"type": "text", "text": "Done."}]}})
    append(path, lines)
    return token
