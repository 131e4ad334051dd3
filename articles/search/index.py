"""Keeping the search index in step with what visitors can read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import jellyfish
from django.conf import settings
from django.db import connection, models, transaction

from articles.publishing.kinds import kind_of, publication_models

from .index_rows import SearchDocument, SearchWord
from .stems import stem
from .words import words_of

if TYPE_CHECKING:
    from articles.publishing.publication import Publication

BATCH = 200
# `documents` counts up and down; both databases know this form.
_COUNT = """
    INSERT INTO {table} (word, stem, sound, documents) VALUES {rows}
    ON CONFLICT (word) DO UPDATE SET documents = {table}.documents + excluded.documents
"""


def update_index(publication: Publication) -> None:
    """Let the index hold what visitors can read of `publication`, which may be nothing."""
    update_all(type(publication), [publication])


@transaction.atomic
def update_all(model: type[Publication], publications: list[Any]) -> None:
    new = [document_of(each) for each in publications if each.live_id]
    counts = _removed(kind_of(model), [publication.pk for publication in publications])
    for document in new:
        counts.update(document.words.split())
    SearchDocument.objects.bulk_create(new)
    _count_words(counts)


def _removed(kind: str, keys: list[int]) -> Counter[str]:
    """Remove documents; return their words as counts to take off."""
    old = SearchDocument.objects.filter(kind=kind, publication__in=keys)
    counts: Counter[str] = Counter()
    for words in old.values_list("words", flat=True):
        counts.subtract(words.split())
    old.delete()
    return counts


def document_of(publication: Publication) -> SearchDocument:
    live, language = publication.live, publication.language
    headings = " ".join(heading["text"] for heading in live.contents)
    texts = [live.title, headings, live.summary, live.plain_text]
    found = [words_of(text) for text in texts]
    stems = [" ".join(stem(word, language) for word in words) for words in found]
    return SearchDocument(
        kind=kind_of(type(publication)),
        publication=publication.pk,
        revision=live.pk,
        language=language,
        title=stems[0],
        headings=stems[1],
        summary=stems[2],
        body=stems[3],
        words=" ".join(sorted({word for words in found for word in words})),
    )


def _count_words(counts: Counter[str]) -> None:
    """Add to the counts of words; in one order, so that writers cannot lock each other out."""
    changed = sorted((word, number) for word, number in counts.items() if number)
    with connection.cursor() as cursor:
        for start in range(0, len(changed), BATCH):
            part = changed[start : start + BATCH]
            values: list[Any] = []
            for word, number in part:
                values += [word, stem(word, settings.LANGUAGE_CODE), sound_of(word), number]
            rows = ", ".join(["(%s, %s, %s, %s)"] * len(part))
            cursor.execute(_COUNT.format(table=SearchWord._meta.db_table, rows=rows), values)
    if any(number < 0 for _word, number in changed):
        SearchWord.objects.filter(documents__lte=0).delete()


def sound_of(word: str) -> str:
    return jellyfish.metaphone(word)[:30] if word.isascii() and word.isalpha() else ""


def mend(most: int = BATCH) -> int:
    """Update at most so many publications of each kind that the index does not hold as they are.

    Publishing keeps it in step; this is for content that came into the database otherwise.
    """
    return sum(_mend(kind, model, most) for kind, model in publication_models().items())


def _mend(kind: str, model: type[Publication], most: int) -> int:
    documents = SearchDocument.objects.filter(kind=kind)
    same = documents.filter(
        publication=models.OuterRef("pk"),
        revision=models.OuterRef("live_id"),
        language=models.OuterRef("language"),
    )
    live = model.objects.filter(live__isnull=False)
    publications = list(live.filter(~models.Exists(same)).select_related("live")[:most])
    if publications:
        update_all(model, publications)
    there = model.objects.filter(pk=models.OuterRef("publication"), live__isnull=False)
    gone = list(
        documents.filter(~models.Exists(there)).values_list("publication", flat=True)[:most]
    )
    if gone:
        with transaction.atomic():
            _count_words(_removed(kind, gone))
    return len(publications) + len(gone)
