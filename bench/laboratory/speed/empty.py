"""An application that does nothing but send one answer: what Granian itself costs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

_answer = json.loads(Path(os.environ["ANSWER_TO_SEND"]).read_text("utf-8"))
_headers = [tuple(pair) for pair in _answer["headers"]]
_body = bytes.fromhex(_answer["body"])


async def application(scope: Any, protocol: Any) -> None:
    protocol.response_bytes(200, _headers, _body)
