"""Headers of rows and columns in tables that editors write."""

from __future__ import annotations

import re
from html import escape, unescape

from django.utils.html import strip_tags

# On a phone, rows of more columns than this stand below each other.
MAX_COLUMNS_BESIDE = 2
_row = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_cell = re.compile(r"<(t[hd])>(.*?)</\1>", re.DOTALL)


def with_headers(table: str) -> tuple[str, bool]:
    """Mark what each cell of a `<table>` belongs to; return whether its rows can be stacked.

    Tables with merged cells, or without a first row of headers, stay as they are.
    """
    rows = [_cell.findall(row) for row in _row.findall(table)]
    is_regular = rows and len({len(row) for row in rows}) == 1 and "span=" not in table
    if not is_regular or any(tag != "th" for tag, _inner in rows[0]):
        return table, False
    labels = [" ".join(unescape(strip_tags(inner)).split()) for _tag, inner in rows[0]]
    is_stacked = len(labels) > MAX_COLUMNS_BESIDE

    def cells(row: list[tuple[str, str]]) -> str:
        (_tag, first), *others = row
        marked = [f'<th scope="row">{first}</th>']
        for label, (tag, inner) in zip(labels[1:], others, strict=True):
            marked.append(f'<{tag} data-label="{escape(label)}">{inner}</{tag}>')
        return "".join(marked)

    heads = "".join(f'<th scope="col">{inner}</th>' for _tag, inner in rows[0])
    new = iter([heads, *map(cells, rows[1:])])
    return _row.sub(lambda _match: f"<tr>{next(new)}</tr>", table), is_stacked
