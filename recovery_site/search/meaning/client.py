"""What the site says to the process, and how the search does without it."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Any

from django.conf import settings

LONGEST_QUERY = 200
# Longer than this nobody waits: a query may take 200 ms in all.
QUERY_SECONDS = 0.12
# After a failure the process is left alone.
AWAY_SECONDS = 5.0
# The other jobs of `run_jobs` wait meanwhile.
LOOKING_SECONDS, TELLING_SECONDS = 0.3, 5.0
MOST_ANSWER_BYTES = 100_000

_asked_again_at = 0.0


def model_folder() -> Path:
    """The folder of the process: its socket and its file. It is made when missing."""
    path = Path(settings.DATA_DIR) / "search_model"
    path.mkdir(mode=0o770, exist_ok=True)
    return path


def similar_pages(text: str) -> dict[str, float]:
    """Return addresses of pages that mean the like, with similarities (cosine, to 1).

    Nothing while the process is off, starting, broken or slow.
    """
    global _asked_again_at  # noqa: PLW0603 - one circuit breaker for this worker
    if not text or time.monotonic() < _asked_again_at:
        return {}
    query = " ".join(text.replace("\0", " ").split())[:LONGEST_QUERY]
    # What cannot be written as UTF-8 has no meaning.
    query = query.encode(errors="replace").decode()
    try:
        near = ask_process({"query": query}, QUERY_SECONDS)
        return {str(path): float(alike) for path, alike in near.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        _asked_again_at = time.monotonic() + AWAY_SECONDS
        return {}


def ask_process(question: dict[str, Any], seconds: float) -> Any:
    """Return the answer. Raise OSError or ValueError when there is no whole one in time."""
    ends = time.monotonic() + seconds
    answer = b""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(seconds)
        connection.connect(str(model_folder() / "model.sock"))
        connection.sendall(json.dumps(question).encode() + b"\n")
        while part := connection.recv(65536):
            answer += part
            left = ends - time.monotonic()
            if left <= 0 or len(answer) > MOST_ANSWER_BYTES:
                raise TimeoutError
            connection.settimeout(left)
    return json.loads(answer)
