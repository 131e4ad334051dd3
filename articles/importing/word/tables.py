"""Tables that somebody wrote into a Word file with tabs."""

from __future__ import annotations

import re
from html import unescape
from itertools import groupby

from ..text.columns import has_header

_block = re.compile(r"<p>(?:(?!</p>).)*</p>|(?:(?!<p>).)+|.", re.DOTALL)
_words = re.compile(r"<p>(?P<bold><strong>)?(?P<html>.*?)(?(bold)</strong>)</p>", re.DOTALL)


def with_tables(html: str) -> str:
    """HTML of mammoth with tables for neighbouring paragraphs of as many tabs."""
    if "\t" not in html:
        return html
    parts = []
    for count, blocks in groupby(_block.findall(html), key=_tabs):
        rows = list(blocks)
        parts.append(_table(rows) if count and len(rows) > 1 else "".join(rows))
    return "".join(parts)


def _tabs(block: str) -> int:
    """How often tabs part the words of a paragraph; 0 for other blocks."""
    found = _words.fullmatch(block)
    words = found["html"].strip() if found else ""
    is_whole = not re.search(r"<(?!/?(?:strong|em|sub|sup)>)", words)
    return len(re.findall(r"\t+", words)) if is_whole else 0


def _table(rows: list[str]) -> str:
    html, texts = "", []
    cells = []
    for row in rows:
        found = _words.fullmatch(row)
        parts = re.split(r"\t+", found["html"].strip()) if found else []
        is_bold = bool(found and found["bold"])
        cells.append([f"<strong>{part}</strong>" if is_bold else part for part in parts])
        texts.append([unescape(re.sub(r"<[^>]*>", "", part)).strip() for part in parts])
    for at, row_cells in enumerate(cells):
        name = "th" if at == 0 and has_header(texts) else "td"
        html += f"<tr>{''.join(f'<{name}>{cell}</{name}>' for cell in row_cells)}</tr>"
    return f"<table>{html}</table>"
