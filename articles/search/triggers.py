"""Triggers that keep what is searched the same as the table of documents.

On SQLite that is FTS5's index, on PostgreSQL two columns that Django does not know.
"""

from __future__ import annotations

from collections.abc import Iterator

DOCUMENTS_TABLE = "articles_searchdocument"
_COLUMNS = ("title", "headings", "summary", "body")
_NAMES = ", ".join(("rowid", *_COLUMNS))


def _values(row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in ("id", *_COLUMNS))


_INTO = "INSERT INTO articles_searchtext"
_ADD = f"{_INTO} ({_NAMES}) VALUES ({_values('NEW')});"
_REMOVE = f"{_INTO} (articles_searchtext, {_NAMES}) VALUES ('delete', {_values('OLD')});"

_ALL = " || ' ' || ".join(f"NEW.{name}" for name in _COLUMNS)
_VECTORS = (
    "NEW.title_vector := to_tsvector('simple', NEW.title);"
    f" NEW.all_vector := to_tsvector('simple', {_ALL}); RETURN NEW;"
)


def search_triggers(vendor: str) -> Iterator[tuple[str, str, str, str]]:
    if vendor == "sqlite":
        yield "search_text_insert", DOCUMENTS_TABLE, "AFTER INSERT", _ADD
        yield "search_text_update", DOCUMENTS_TABLE, "AFTER UPDATE", _REMOVE + " " + _ADD
        yield "search_text_delete", DOCUMENTS_TABLE, "AFTER DELETE", _REMOVE
    else:
        yield "search_vectors", DOCUMENTS_TABLE, "BEFORE INSERT OR UPDATE", _VECTORS
