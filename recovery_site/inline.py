"""Styles and scripts that stand in the pages themselves: the first words wait for nothing else.

A policy names each by its hash, so that nothing else can run
(https://www.w3.org/TR/CSP3/#match-element-to-source-list).
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from rcssmin import cssmin
from rjsmin import jsmin

FOLDER = Path(__file__).parent / "static" / "site"
STYLE, SCRIPT = ".css", ".js"
SHORTEN = {STYLE: cssmin, SCRIPT: jsmin}


@cache
def text(name: str) -> str:
    """The style sheet or script called `name` as pages carry it. Raises FileNotFoundError."""
    file = FOLDER / name
    return str(SHORTEN[file.suffix](file.read_text("utf-8")))


def sources(suffix: str) -> list[str]:
    """What a Content-Security-Policy says of those that end so."""
    digests = (
        hashlib.sha256(text(file.name).encode()).digest()
        for file in sorted(FOLDER.glob(f"*{suffix}"))
    )
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
