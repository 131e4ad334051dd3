"""Styles and scripts that stand in the pages themselves: the first words wait for nothing else.

A page names each by its hash, in a policy of its own, so that nothing else can run
(https://www.w3.org/TR/CSP3/#match-element-to-source-list, #meta-element).
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from rcssmin import cssmin
from rjsmin import jsmin

ASSETS_FOLDER = Path(__file__).parent.parent / "static" / "site"
STYLE, SCRIPT = ".css", ".js"
SHORTEN = {STYLE: cssmin, SCRIPT: jsmin}
_keeps_spaces = re.compile(r"(<(?:textarea|pre)\b.*?</(?:textarea|pre)>)", re.DOTALL)
_indent = re.compile(r"\n\s+")


def without_indents(html: str) -> str:
    """Take the spaces off that begin its lines, but for those of texts that keep them."""
    parts = _keeps_spaces.split(html)
    parts[::2] = [_indent.sub("\n", part) for part in parts[::2]]
    return "".join(parts)


@cache
def minified(name: str) -> str:
    """The style sheet or script called `name` as pages carry it. Raises FileNotFoundError."""
    file = ASSETS_FOLDER / name
    return str(SHORTEN[file.suffix](file.read_text("utf-8")))


@cache
def source(*names: str) -> str:
    """The policy source that stands for these sheets or scripts, joined in this order: a hash."""
    digest = hashlib.sha256(joined(*names).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def joined(*names: str) -> str:
    return "\n".join(minified(name) for name in names)


def element(suffix: str, content: str) -> str:
    if suffix == STYLE:
        return f"<style>{content}</style>"
    return f'<script type="module">{content}</script>'


@cache
def asset_names(suffix: str) -> tuple[str, ...]:
    """All style sheets, or all scripts."""
    return tuple(sorted(file.name for file in ASSETS_FOLDER.glob(f"*{suffix}")))


def sources(suffix: str) -> list[str]:
    return [source(name) for name in asset_names(suffix)]


def assets_in(html: str, suffix: str) -> list[str]:
    """The styles or scripts that `html` carries, in its order."""
    places = {name: html.find(element(suffix, minified(name))) for name in asset_names(suffix)}
    return sorted((name for name, place in places.items() if place >= 0), key=places.__getitem__)


def with_one_element(html: str, suffix: str) -> tuple[str, list[str]]:
    """Return `html` with its styles, or its scripts, in the first's place, and their source.

    One hash and one element take fewer bytes of the first round trip than several.
    """
    found = assets_in(html, suffix)
    if not found:
        return html, []
    first, *others = (element(suffix, minified(name)) for name in found)
    for other in others:
        html = html.replace(other, "", 1)
    return html.replace(first, element(suffix, joined(*found)), 1), [source(*found)]
