"""Marks of the texts of a day, by which near-same ones are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

REMEMBERED = timedelta(days=1)


class WordsSeenQuerySet(models.QuerySet["WordsSeen"]):
    def times(self, marks: Collection[str], now: datetime) -> Counter[str]:
        """Return how many texts of the last day have each of these marks."""
        if not marks:
            return Counter()
        seen = self.filter(mark__in=marks, at__gt=now - REMEMBERED).order_by()
        counts = seen.values("mark").annotate(times=models.Count("pk"))
        return Counter(dict(counts.values_list("mark", "times")))

    def note(self, marks: list[str], now: datetime) -> None:
        self.bulk_create([self.model(mark=mark, at=now) for mark in marks])

    def forget_old(self) -> int:
        """Delete the marks of texts that are compared no more."""
        return self.filter(at__lte=timezone.now() - REMEMBERED).delete()[0]


class WordsSeen(models.Model):
    """A mark of a text that came with a request; which one it was is not kept."""

    mark = models.CharField(max_length=24)
    at = models.DateTimeField()

    objects = WordsSeenQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark of words")
        default_permissions = ()
        indexes = [
            models.Index("mark", "at", name="words_seen_mark"),
            models.Index("at", name="words_seen_at"),
        ]

    def __str__(self) -> str:
        return self.mark[:8]
