"""Documents that hold given stems: candidates for a ranking, as many as can be compared soon.

A query never walks through all documents that hold a common word: each part of it ends after so
many rows, those of titles and of rare words first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connections, router

from .index_rows import SearchDocument, SearchWord

# A group of stems that mean the same for the reader: any of them will do.
StemGroup = Sequence[str]
MOST_TOGETHER, MOST_OF_ONE = 40, 25
# A list of six needs one document in so many.
SHORT_PART = 3
# Groups that are looked up each for itself, and those that must all be met: the rarest ones.
MOST_ALONE, MOST_MET = 4, 5
# From so many documents on, reading rows until enough are found is faster than the index.
COMMON = 2000
# A word of so many documents may stand in many titles or none: so many rows tell.
FIRST_ROWS = 1000
_POSTGRESQL = "SELECT id FROM articles_searchdocument WHERE"
# The first rows have enough, or the index is asked.
_COMMON_TITLES = f"""
    WITH first AS MATERIALIZED (
        SELECT id FROM (
            SELECT id, title_vector FROM articles_searchdocument ORDER BY id LIMIT %s
        ) AS part WHERE title_vector @@ to_tsquery('simple', %s) LIMIT %s
    ), found AS MATERIALIZED (
        {_POSTGRESQL} title_vector @@ to_tsquery('simple', %s)
        AND (SELECT count(*) FROM first) < %s
    ) (SELECT id FROM found LIMIT %s) UNION SELECT id FROM first
"""  # noqa: S608
_SQLITE = "SELECT rowid AS id FROM articles_searchtext WHERE articles_searchtext"
_COLUMNS = "kind, publication, revision, title, headings, summary, body"


class Document(NamedTuple):
    kind: str
    publication: int
    revision: int
    title: str
    headings: str
    summary: str
    body: str


class _Part(NamedTuple):
    """A part of the query for documents, and its values."""

    sql: str
    values: tuple[Any, ...]


def documents(
    groups: Sequence[StemGroup],
    language: str,
    also: Iterable[tuple[str, int]] = (),
    counts: Mapping[str, int] | None = None,
    *,
    is_short: bool = False,
) -> list[Document]:
    """Documents that hold stems of these groups, the rarest of which come first.

    `also` names publications by kind and primary key, whatever they hold. `counts` tells on how
    many documents a stem stands, as `frequencies` does; one that is not named is taken for rare.
    `is_short` looks for some of the best alone, as many as a list of suggestions needs.
    """
    connection = connections[router.db_for_read(SearchDocument)]
    match = _sqlite if connection.vendor == "sqlite" else _postgresql
    # Letters and digits alone, so nothing in a stem can be taken for syntax.
    words = [[stem for stem in group if stem.isalnum()] for group in groups]
    asked = _parts([group for group in words if group], SHORT_PART if is_short else 1)
    parts = [match(*part, _is_rare(part[0], counts or {})) for part in asked]
    parts += _named(also)
    if not parts:
        return []
    union = " UNION ".join(
        f"SELECT id FROM ({part.sql}) AS part{n}"  # noqa: S608 - no value is in the text
        for n, part in enumerate(parts)
    )
    sql = f"SELECT {_COLUMNS} FROM articles_searchdocument WHERE id IN ({union})"  # noqa: S608
    values = [value for part in parts for value in part.values]
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} AND language = %s", [*values, language])
        return [Document(*row) for row in cursor.fetchall()]


def _parts(
    groups: Sequence[StemGroup], part: int
) -> Iterator[tuple[Sequence[StemGroup], bool, int]]:
    """Groups that must all be met, whether in the title, and how many rows will do."""
    together, of_one = MOST_TOGETHER // part, MOST_OF_ONE // part
    if len(groups) > 1:
        yield groups[:MOST_MET], True, together
        yield groups[:MOST_MET], False, together
    if len(groups) > 2:
        yield groups[:2], False, of_one
    for group in groups[:MOST_ALONE]:
        yield [group], True, of_one
        yield [group], False, of_one


def _is_rare(groups: Sequence[StemGroup], counts: Mapping[str, int]) -> bool:
    return any(sum(counts.get(stem, 0) for stem in group) < COMMON for group in groups)


def _sqlite(groups: Sequence[StemGroup], is_title: bool, most: int, _is_rare: bool) -> _Part:
    needed = " AND ".join(f"({' OR '.join(_quoted(group, '"'))})" for group in groups)
    match = f"title : ({needed})" if is_title else needed
    return _Part(f"{_SQLITE} MATCH %s LIMIT %s", (match, most))


def _postgresql(groups: Sequence[StemGroup], is_title: bool, most: int, is_rare: bool) -> _Part:
    needed = " & ".join(f"({' | '.join(_quoted(group, "'"))})" for group in groups)
    if is_title and not is_rare:
        return _Part(_COMMON_TITLES, (FIRST_ROWS, needed, most, needed, most, most))
    vector = "title_vector" if is_title else "all_vector"
    sql = f"{_POSTGRESQL} {vector} @@ to_tsquery('simple', %s)"
    if is_rare:
        # PostgreSQL takes words that it has not counted for common, and would read all rows until
        # so many are found. What it has to find whole it takes from the index.
        sql = f"WITH found AS MATERIALIZED ({sql}) SELECT id FROM found"  # noqa: S608
    return _Part(f"{sql} LIMIT %s", (needed, most))


def _quoted(group: StemGroup, mark: str) -> Iterator[str]:
    return (f"{mark}{stem}{mark}" for stem in group)


def _named(publications: Iterable[tuple[str, int]]) -> Iterator[_Part]:
    by_kind: dict[str, list[int]] = {}
    for kind, key in publications:
        by_kind.setdefault(kind, []).append(key)
    for kind, keys in by_kind.items():
        marks = ", ".join(["%s"] * len(keys))
        sql = f"SELECT id FROM articles_searchdocument WHERE kind = %s AND publication IN ({marks})"  # noqa: S608
        yield _Part(sql, (kind, *keys))


def frequencies(stems: Sequence[str]) -> dict[str, int]:
    """On about how many documents words of each stem stand."""
    if not stems:
        return {}
    table, marks = SearchWord._meta.db_table, ", ".join(["%s"] * len(stems))
    sql = f"SELECT stem, sum(documents) FROM {table} WHERE stem IN ({marks}) GROUP BY stem"  # noqa: S608
    with connections[router.db_for_read(SearchWord)].cursor() as cursor:
        cursor.execute(sql, list(stems))
        return {stem: int(number) for stem, number in cursor.fetchall()}


def stems_beginning(letters: str, most: int) -> list[str]:
    """Stems of the words that begin so, those on most pages first.

    As text, since somebody types a letter every tenth of a second, and Django would take longer to
    compile this than the database to answer it.
    """
    table, last = SearchWord._meta.db_table, letters + chr(0x10FFFF)
    connection = connections[router.db_for_read(SearchWord)]
    # The range is that of an index; the collation of SQLite's columns compares bytes.
    where, values = "word >= %s AND word < %s", [letters, last]
    if connection.vendor != "sqlite":
        where, values = "word LIKE %s", [f"{connection.ops.prep_for_like_query(letters)}%"]
    sql = f"SELECT stem FROM {table} WHERE {where} ORDER BY documents DESC LIMIT %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, most])
        return [stem for (stem,) in cursor.fetchall()]
