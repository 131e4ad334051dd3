"""Documents that hold given stems: candidates for a ranking, as many as can be compared soon.

A query never walks through all documents that hold a common word: each part of it ends after so
many rows, those of titles and of rare words first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connections, router
from django.db.models import Sum

from .index_rows import SearchDocument, SearchWord

# A group of stems that mean the same for the reader: any of them will do.
Group = Sequence[str]
MOST_TOGETHER, MOST_OF_ONE = 60, 40
# Groups that are looked up each for itself, the rarest ones.
MOST_ALONE = 4
_ALL = "title || ' ' || headings || ' ' || summary || ' ' || body"
# Expressions of the indexes that migrations make on PostgreSQL.
_FROM = "SELECT id FROM articles_searchdocument WHERE to_tsvector('simple', "
_POSTGRESQL = {True: f"{_FROM}title)", False: f"{_FROM}{_ALL})"}


def documents(groups: Sequence[Group], language: str) -> list[SearchDocument]:
    """Documents that hold stems of these groups, the rarest of which come first."""
    # Letters and digits alone, so nothing in a stem can be taken for syntax.
    words = [[stem for stem in group if stem.isalnum()] for group in groups]
    parts = list(_parts([group for group in words if group]))
    if not parts:
        return []
    connection = connections[router.db_for_read(SearchDocument)]
    select = _sqlite if connection.vendor == "sqlite" else _postgresql
    selects = [select(needed, is_title) for needed, is_title, _most in parts]
    union = " UNION ".join(
        f"SELECT id FROM ({sql} LIMIT %s) AS part{n}"  # noqa: S608 - no value is in the text
        for n, (sql, _match) in enumerate(selects)
    )
    values = [
        value
        for (_, match), (*_, most) in zip(selects, parts, strict=True)
        for value in (match, most)
    ]
    with connection.cursor() as cursor:
        cursor.execute(union, values)
        keys = [key for (key,) in cursor.fetchall()]
    return list(SearchDocument.objects.filter(pk__in=keys, language=language))


def _parts(groups: Sequence[Group]) -> Iterator[tuple[Sequence[Group], bool, int]]:
    """Groups that must all be met, whether in the title, and how many rows will do."""
    if len(groups) > 1:
        yield groups, True, MOST_TOGETHER
        yield groups, False, MOST_TOGETHER
    if len(groups) > 2:
        yield groups[:2], False, MOST_OF_ONE
    for group in groups[:MOST_ALONE]:
        yield [group], True, MOST_OF_ONE
        yield [group], False, MOST_OF_ONE


def _sqlite(groups: Sequence[Group], is_title: bool) -> tuple[str, str]:
    needed = " AND ".join(f"({' OR '.join(_quoted(group, '"'))})" for group in groups)
    return (
        "SELECT rowid AS id FROM articles_searchtext WHERE articles_searchtext MATCH %s",
        f"title : ({needed})" if is_title else needed,
    )


def _postgresql(groups: Sequence[Group], is_title: bool) -> tuple[str, str]:
    needed = " & ".join(f"({' | '.join(_quoted(group, "'"))})" for group in groups)
    return f"{_POSTGRESQL[is_title]} @@ to_tsquery('simple', %s)", needed


def _quoted(group: Group, mark: str) -> Iterator[str]:
    return (f"{mark}{stem}{mark}" for stem in group)


def frequencies(stems: Sequence[str]) -> dict[str, int]:
    """On about how many documents words of each stem stand."""
    rows = SearchWord.objects.filter(stem__in=stems).values_list("stem")
    return dict(rows.annotate(Sum("documents")))
