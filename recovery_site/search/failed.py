"""Counts the words that visitors look for in vain, so that editors can write about them.

A visitor's request writes nothing to the database and no sentence anywhere: words are counted
under keyed hashes in the cache, and one that was looked for three times in a week goes to a file,
from which `run_jobs` takes it.
"""

from __future__ import annotations

import logging
import re
from datetime import date, timedelta

from django.db import models
from django.utils import timezone

from contact.privacy import rate_limit
from contact.privacy.keys import ShortLived, short_lived_hash

from ..tally_file import TallyFile
from .rows import FailedSearch

logger = logging.getLogger(__name__)

MOST_COUNTED_WORDS = 6
# What is shorter may be initials; what is longer is no word.
_WORD = re.compile(r"[^\W\d_]{4,20}")
# A name often follows these, and a number or an address is somebody's own.
_OF_SOMEBODY = re.compile(
    r"\d|@|\b(?:name|named|called|mr|mrs|ms|dr|im|i'm|i’m|am|llamo|llama|soy|señor|señora)\b",
    re.IGNORECASE,
)
file = TallyFile("failed_searches.txt")
WEEK = timedelta(days=7)
WEEKS_KEPT = 52 * WEEK


def count_failed(query: str, words: list[str]) -> None:
    """Count these words of `query`, unless it may say something about somebody."""
    if len(query.split()) > MOST_COUNTED_WORDS or _OF_SOMEBODY.search(query):
        return
    written = set(query.split())
    for word in words:
        # Names begin with a capital, and some phones write every first word so: better too few.
        if word in written and _WORD.fullmatch(word):
            _count(word)


def _count(word: str) -> None:
    key = short_lived_hash(ShortLived.SEARCHES, "failed search", f"{_week()} {word}").hex()
    count = rate_limit.increment(f"search:{key}", int(WEEK.total_seconds()))
    if count < FailedSearch.LEAST:
        return
    try:
        file.add(word, times=FailedSearch.LEAST if count == FailedSearch.LEAST else 1)
    except OSError as error:
        # The visitor gets their results all the same.
        logger.warning("a word searched in vain was not kept (%s)", type(error).__name__)


def collect() -> int:
    """Bring the words of the file into the database, and forget old weeks; return how many."""
    FailedSearch.objects.filter(week__lt=_week() - WEEKS_KEPT).delete()
    return file.collect(_add)


def _add(word: str, count: int) -> None:
    row, _is_new = FailedSearch.objects.get_or_create(
        word=word[:30], week=_week(), defaults={"count": 0}
    )
    FailedSearch.objects.filter(pk=row.pk).update(count=models.F("count") + count)


def _week() -> date:
    today = timezone.localdate()
    return today - timedelta(days=today.weekday())
