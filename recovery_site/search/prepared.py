"""What every search needs besides the index, read once for each content version.

Editors' words, topics, help lines and addresses change with the content version alone, and one
number is sooner asked for than half of what a search would ask.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db import connections, router
from django.urls import Resolver404, resolve

from articles.models import Article, Page
from articles.reading.compiled_queries import CompiledQuery
from articles.search import index
from faq.models import Question

from ..models import ContentVersion
from . import pages
from .pages import PageFound
from .ranking import phrases_of
from .vocabulary import current_vocabulary

# A kind of publications, and a primary key.
Key = tuple[str, int]
VIEWS: dict[str, type[Any]] = {
    "article_detail": Article,
    "question_detail": Question,
    "page_detail": Page,
}
# By language: the content version, and what was read at it.
_latest: dict[str, tuple[int, PreparedSearch]] = {}
_number = CompiledQuery(lambda: ContentVersion.objects.values_list("number"))


class PreparedSearch:
    def __init__(self) -> None:
        self.vocabulary = current_vocabulary()
        self.phrases = phrases_of(self.vocabulary)
        self.others = tuple(pages.others())
        self.paths = {page.path: at for at, page in enumerate(self.others)}
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        # Their text is looked into.
        self._long: list[int] = []
        for at, page in enumerate(self.others):
            for stem in {*page.title, *page.headings, *page.summary}:
                self._with[stem].append(at)
            if page.body:
                self._long.append(at)
        self._asked = {path for path, _text, _language in self.vocabulary.phrases}
        self._keys = keys_at(self._asked)

    def others_with(self, stems: Iterable[str], paths: Iterable[str]) -> list[PageFound]:
        """Pages without a place in the index that hold one of the stems or have such a path."""
        found = {*self._long, *(self.paths[path] for path in paths if path in self.paths)}
        for stem in stems:
            found.update(self._with.get(stem, ()))
        return [self.others[at] for at in sorted(found)]

    def keys(self, paths: Iterable[str]) -> dict[str, Key]:
        """The publications that these addresses lead to."""
        paths = set(paths)
        # Those alike in meaning may be any.
        others = keys_at(paths - self._asked) if paths - self._asked else {}
        return others | {path: self._keys[path] for path in paths if path in self._keys}


def prepared_search() -> PreparedSearch:
    """What searches need, as it is now, in the present language."""
    language, number = pages.current_language(), _committed_version()
    if number and number == _latest.get(language, (0,))[0]:
        return _latest[language][1]
    prepared = PreparedSearch()
    if number:
        _latest[language] = number, prepared
    return prepared


def _committed_version() -> int:
    """The content version, 0 if what is read may be another's.

    It is asked for before anything else, so that any later change makes that old. A transaction
    that may write sees its own changes before they raise the version.
    """
    connection = connections[router.db_for_read(ContentVersion)]
    if connection.in_atomic_block and not connection.settings_dict.get("IS_FOR_READING"):
        return 0
    return next((number for (number,) in _number()), 0)


def keys_at(paths: Iterable[str]) -> dict[str, Key]:
    known = {path: found for path in paths if (found := publication_at(path))}
    slugs: dict[str, list[Any]] = {}
    for kind, slug in known.values():
        slugs.setdefault(kind, []).append(slug)
    keys = {(row.kind, row.slug): row.pk for row in pages.publications("slug", slugs)}
    return {path: (found[0], keys[found]) for path, found in known.items() if found in keys}


@lru_cache(maxsize=2000)
def publication_at(path: str) -> tuple[str, str] | None:
    """The kind and slug of the publication that has this address, if there is one."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    model = VIEWS.get(match.func.__name__)
    return (index.kind_of(model), match.kwargs["slug"]) if model else None
