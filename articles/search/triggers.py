"""Triggers that keep FTS5's index of SQLite the same as the table of documents."""

from __future__ import annotations

from collections.abc import Iterator

TABLE = "articles_searchdocument"
_COLUMNS = ("title", "headings", "summary", "body")
_NAMES = ", ".join(("rowid", *_COLUMNS))


def _values(row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in ("id", *_COLUMNS))


_INTO = "INSERT INTO articles_searchtext"
_ADD = f"{_INTO} ({_NAMES}) VALUES ({_values('NEW')});"
_REMOVE = f"{_INTO} (articles_searchtext, {_NAMES}) VALUES ('delete', {_values('OLD')});"


def search_triggers(vendor: str) -> Iterator[tuple[str, str, str, str]]:
    if vendor == "sqlite":
        yield "search_text_insert", TABLE, "AFTER INSERT", _ADD
        yield "search_text_update", TABLE, "AFTER UPDATE", _REMOVE + " " + _ADD
        yield "search_text_delete", TABLE, "AFTER DELETE", _REMOVE
