"""The tables of the search index."""

from __future__ import annotations

from typing import ClassVar

from django.db import connections, models
from django.db.models.functions import Length


class SearchDocument(models.Model):
    """The live revision of a publication, as stems with spaces between them."""

    kind = models.CharField(max_length=40)
    publication = models.PositiveBigIntegerField()
    revision = models.PositiveBigIntegerField()
    language = models.CharField(max_length=8)
    title = models.TextField()
    headings = models.TextField()
    summary = models.TextField()
    body = models.TextField()
    # Each word once, whole, as vocabulary for typos.
    words = models.TextField()

    objects: ClassVar[models.Manager[SearchDocument]]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "publication"], name="search_document_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.publication}"


class SearchWordQuerySet(models.QuerySet["SearchWord"]):
    def beginning(self, letters: str) -> SearchWordQuerySet:
        found = self.filter(word__startswith=letters)
        if connections[self.db].vendor != "sqlite":
            return found
        # SQLite's LIKE takes no notice of case, and so none of the index.
        return found.filter(word__gte=letters, word__lt=letters + chr(0x10FFFF))

    def as_long_as(self, word: str, give_or_take: int) -> SearchWordQuerySet:
        least, most = len(word) - give_or_take, len(word) + give_or_take
        return self.annotate(length=Length("word")).filter(length__gte=least, length__lte=most)


class SearchWord(models.Model):
    """A word of the pages that visitors can read, and on how many of them it stands."""

    word = models.CharField(max_length=30, primary_key=True)
    stem = models.CharField(max_length=30)
    # How English speakers would say it: `phentanyl` sounds like `fentanyl`.
    sound = models.CharField(max_length=30)
    documents = models.IntegerField()

    objects: ClassVar[models.Manager[SearchWord]] = SearchWordQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["stem"], name="search_word_stem"),
            models.Index(fields=["sound"], name="search_word_sound"),
        ]

    def __str__(self) -> str:
        return self.word
