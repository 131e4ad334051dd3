"""Styles and scripts that stand in the pages themselves: the first words wait for nothing else.

A page names each by its hash, in a policy of its own, so that nothing else can run
(https://www.w3.org/TR/CSP3/#match-element-to-source-list, #meta-element).
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
def minified(name: str) -> str:
    """The style sheet or script called `name` as pages carry it. Raises FileNotFoundError."""
    file = FOLDER / name
    return str(SHORTEN[file.suffix](file.read_text("utf-8")))


@cache
def source(name: str) -> str:
    """The policy source that stands for the style sheet or script: its hash."""
    digest = hashlib.sha256(minified(name).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def names(suffix: str) -> tuple[str, ...]:
    """All style sheets, or all scripts."""
    return tuple(sorted(file.name for file in FOLDER.glob(f"*{suffix}")))


def sources(suffix: str) -> list[str]:
    return [source(name) for name in names(suffix)]


def sources_in(html: str, suffix: str) -> list[str]:
    """Policy sources of the styles or scripts that `html` carries."""
    return [source(name) for name in names(suffix) if minified(name) in html]
